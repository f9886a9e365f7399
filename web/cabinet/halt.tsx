// SPDX-License-Identifier: Apache-2.0
// «Остановить сертификат»: its owner ends it at once, by a code.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from '../kit/button';
import { CodeField } from '../kit/field';
import { Link } from '../kit/link';
import { ErrorSummary, Notice } from '../kit/notice';
import { Heading } from '../kit/page';
import { post, problemText, type Application } from './api';
import { NoPage } from './form';
import { useAct, useLoad, useSecondsUntil } from './hooks';
import { allKept, KeptRows, nameOfKept } from './kept';
import { Reasons, type Reason } from './reasons';
import { Resend } from './sign_in';

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
	const [again, setAgain] = useState(false);
	const [code, setCode] = useState('');
	const wait = useSecondsUntil(resendAt);
	const { busy, faults, setFaults, run } = useAct((e) =>
		({ field: 'code', text: problemText(e, 'confirm.code') }));

	const send = () => void run(async () => {
		const sent = await post<Pick<Application, 'code'>>(`${at}/code`);
		setAgain(resendAt !== null);
		setResendAt(sent.code?.resend_at ?? null);
		setCode('');
	});
	const end = () => {
		const digits = code.replace(/\D/g, '');
		if (digits.length !== 6) {
			setFaults([{ field: 'code', text: digits === ''
				? t('confirm.code.empty') : t('confirm.code.form') }]);
			return;
		}
		void run(async () => {
			await post<unknown>(at, { code: digits, reason });
			onEnd();
		});
	};
	return (
		<>
			<ErrorSummary faults={resendAt === null
				? faults.map(({ text }) => ({ text })) : faults} />
			<Notice tone="need"><p>{t('halt.lead')}</p></Notice>
			<Reasons value={reason} onChange={setReason} />
			{resendAt === null ? (
				<div class="actions">
					<Button busy={busy} onPress={send}>{t('halt.code')}</Button>
				</div>
			) : <>
				<form noValidate onSubmit={(e) => {
					e.preventDefault();
					end();
				}}>
					<CodeField id="code" label={t('confirm.code')}
						hint={t('confirm.code_hint')} value={code}
						wrong={faults[0]?.text} onInput={setCode} />
					<Button submit busy={busy}>{t('halt.do')}</Button>
				</form>
				<Resend wait={wait} sent={again} text={t('confirm.again_sent')}
					onPress={send} />
			</>}
		</>
	);
}
