// SPDX-License-Identifier: Apache-2.0
// «Подтверждение»: what exactly is ordered, and the code that orders it.
import { useEffect, useState } from 'preact/hooks';
import { t, textOf } from '../i18n';
import { Button } from '../kit/button';
import { CodeField } from '../kit/field';
import { moment, phoneEnd } from '../kit/format';
import { SummaryList } from '../kit/list';
import { application, post, problemText, type Application, type Step }
	from './api';
import { rowOf, StepPage, type Job } from './form';
import { useAct, useSecondsUntil } from './hooks';
import { Resend } from './sign_in';
import { placeOfKey } from './with_key';

// The code that was sent, as this tab knows it; another may not know.
type Sent = NonNullable<Application['code']>;
const KEPT = 'surguch.sent.';
const SENT = 'surguch-code-sent';
export function keepCode(a: Application): void {
	if (a.code) {
		sessionStorage.setItem(KEPT + a.id, JSON.stringify(a.code));
		dispatchEvent(new Event(SENT));
	}
}
function keptCode(id: string): Sent | null {
	const text = sessionStorage.getItem(KEPT + id);
	return text === null ? null : JSON.parse(text) as Sent;
}

// In people's words where there are any: "gost2012-256:A".
const keyText = (spec: string) => spec.startsWith('gost2012')
	? `ГОСТ Р 34.10-2012, ${spec.slice(9, 12)}` : spec.toUpperCase();

export function Confirm({ job }: { job: Job }) {
	const id = job.app?.id ?? '';
	const [code, setCode] = useState('');
	const [sent, setSent] = useState(keptCode(id));
	const [again, setAgain] = useState(false);
	// The state may be told before the answer that says when it was sent.
	useEffect(() => {
		const told = () => setSent(keptCode(id));
		addEventListener(SENT, told);
		return () => removeEventListener(SENT, told);
	}, [id]);
	const wait = useSecondsUntil(sent?.resend_at ?? null);
	const { busy, faults, setFaults, run } = useAct((e) =>
		({ field: 'code', text: problemText(e, 'confirm.code') }));

	const send = () => {
		const digits = code.replace(/\D/g, '');
		if (digits.length !== 6) {
			setFaults([{ field: 'code', text: digits === ''
				? t('confirm.code.empty') : t('confirm.code.form') }]);
			return;
		}
		void run(async () => {
			try {
				await post<Step>(application(id, 'confirmation'), { code: digits });
			} finally {
				await job.look();
			}
		});
	};
	const lies = placeOfKey(job.app).name;
	const ordered = ['full_name', 'organisation_name', 'type']
		.map((l) => ({ label: textOf('row', l), value: rowOf(job, l) }))
		.filter((r) => r.value !== '');
	const resend = (
		<Resend wait={wait} sent={again} text={t('confirm.again_sent')}
			onPress={() => void run(async () => {
				const a = await post<Application>(application(id, 'code'));
				keepCode(a);
				setSent(a.code ?? null);
				setCode('');
				setAgain(true);
			})} />
	);
	return (
		<StepPage step="confirm" heading={t('confirm.h')} faults={faults}>
			<p>{t('confirm.lead')}</p>
			<SummaryList rows={[...ordered, ...(job.form.key_spec === undefined ? []
				: [{ label: t('confirm.key'), value: keyText(job.form.key_spec) }]),
			...(lies === '' ? [] : [{ label: t('confirm.lies'), value: lies }])]} />
			<p>{sent === null ? t('confirm.unsent', phoneEnd(job.form.phone))
				: t('confirm.sent', phoneEnd(job.form.phone),
					moment(sent.expires_at))}</p>
			{sent === null && resend}
			<form noValidate onSubmit={(e) => {
				e.preventDefault();
				send();
			}}>
				<CodeField id="code" label={t('confirm.code')}
					hint={t('confirm.code_hint')} value={code}
					wrong={faults[0]?.text} onInput={setCode} />
				<Button submit busy={busy}>{t('confirm.send')}</Button>
			</form>
			{sent !== null && resend}
			<p class="quiet">{t('confirm.stands')}</p>
		</StepPage>
	);
}
