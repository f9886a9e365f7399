// SPDX-License-Identifier: Apache-2.0
// «Остановить сертификат»: its owner ends it at once, by a code.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from '../kit/button';
import { Link } from '../kit/link';
import { ErrorSummary, Notice } from '../kit/notice';
import { Heading } from '../kit/page';
import { post, type Application } from './api';
import { CodeForm, useCodeAct } from './code_form';
import { NoPage } from './form';
import { useLoad } from './hooks';
import { allKept, KeptRows, nameOfKept } from './kept';
import { Reasons, type Reason } from './reasons';

export function Halt({ id }: { id: string }) {
	const { value, faults } = useLoad(async () => {
		const found = (await allKept()).find((c) => c.id === id);
		return { found };
	}, id);
	const [ended, setEnded] = useState(false);
	const cert = value?.found;
	if (value !== null && cert === undefined) {
		return <NoPage />;
	}
	return (
		<>
			<div class="back"><Link class="plain" to="/my/certificates">
				{t('kept.h')}</Link></div>
			<Heading>{t('halt.h')}</Heading>
			<ErrorSummary faults={faults} />
			{cert !== undefined && <section class="paper">
				<h2>{nameOfKept(cert)}</h2>
				<KeptRows cert={ended ? { ...cert, status: 'revoked' } : cert} />
			</section>}
			{cert !== undefined && (ended || cert.status === 'revoked'
				? <Ended /> : <ByCode id={id} onEnd={() => setEnded(true)} />)}
		</>
	);
}

export function Ended() {
	return <Notice tone="ok"><p><b>{t('halt.done')}</b></p>
		<p>{t('halt.after')}</p></Notice>;
}

function ByCode({ id, onEnd }: { id: string; onEnd(): void }) {
	const at = `/v1/my/certificates/${id}/stop`;
	const [reason, setReason] = useState<Reason>('key_compromise');
	const [resendAt, setResendAt] = useState<string | null>(null);
	const act = useCodeAct();
	const { busy, faults, run } = act;

	const get = async () => {
		const sent = await post<Pick<Application, 'code'>>(`${at}/code`);
		setResendAt(sent.code?.resend_at ?? null);
	};
	return (
		<>
			<ErrorSummary faults={resendAt === null
				? faults.map(({ text }) => ({ text })) : faults} />
			<Notice tone="need"><p>{t('halt.lead')}</p></Notice>
			<Reasons value={reason} onChange={setReason} />
			{resendAt === null ? (
				<div class="actions">
					<Button busy={busy} onPress={() => void run(get)}>{t('halt.code')}</Button>
				</div>
			) : <CodeForm act={act} resendAt={resendAt} send={t('halt.do')}
				onAgain={get} onCode={async (code) => {
					await post<unknown>(at, { code, reason });
					onEnd();
				}} />}
		</>
	);
}
