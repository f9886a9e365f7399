// SPDX-License-Identifier: Apache-2.0
// «Подтверждение»: what exactly is ordered, and the code that orders it.
import { useEffect, useState } from 'preact/hooks';
import { t, textOf } from '../i18n';
import { moment, phoneEnd } from '../kit/format';
import { SummaryList } from '../kit/list';
import { Notice } from '../kit/notice';
import { application, post, type Application, type Step } from './api';
import { CodeForm, useCodeAct } from './code_form';
import { rowOf, StepPage, type Job } from './form';
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
	const [sent, setSent] = useState(keptCode(id));
	// The state may be told before the answer that says when it was sent.
	useEffect(() => {
		const told = () => setSent(keptCode(id));
		addEventListener(SENT, told);
		return () => removeEventListener(SENT, told);
	}, [id]);
	const act = useCodeAct();
	const lies = placeOfKey(job.app).name;
	const ordered = ['full_name', 'organisation_name', 'type']
		.map((l) => ({ label: textOf('row', l), value: rowOf(job, l) }))
		.filter((r) => r.value !== '');
	return (
		<StepPage step="confirm" heading={t('confirm.h')} faults={act.faults}>
			<p>{t('confirm.lead')}</p>
			{job.form.phone_changes_at !== undefined && <Notice tone="need">
				<p>{t('phone.until', moment(job.form.phone_changes_at))}</p>
			</Notice>}
			<SummaryList rows={[...ordered, ...(job.form.key_spec === undefined ? []
				: [{ label: t('confirm.key'), value: keyText(job.form.key_spec) }]),
			...(lies === '' ? [] : [{ label: t('confirm.lies'), value: lies }])]} />
			<p>{sent === null ? t('confirm.unsent', phoneEnd(job.form.phone))
				: t('confirm.sent', phoneEnd(job.form.phone),
					moment(sent.expires_at))}</p>
			<CodeForm act={act} resendAt={sent?.resend_at ?? null}
				send={t('confirm.send')}
				onCode={async (code) => {
					try {
						await post<Step>(application(id, 'confirmation'), { code });
					} finally {
						await job.look();
					}
				}}
				onAgain={async () => {
					const a = await post<Application>(application(id, 'code'));
					keepCode(a);
					setSent(a.code ?? null);
				}} />
			<p class="quiet">{t('confirm.stands')}</p>
		</StepPage>
	);
}
