// SPDX-License-Identifier: Apache-2.0
// «Данные сертификата»: what will be certified, and whom to ask.
import { useState } from 'preact/hooks';
import { t, textOf } from '../i18n';
import { Button, Plain } from '../kit/button';
import { SummaryList } from '../kit/list';
import { Notice, Status } from '../kit/notice';
import { application, post, Problem, type Step } from './api';
import { rowOf, StepPage, type Job } from './form';
import { useAct } from './hooks';
import { DeviceNotice, Support } from './support';

// Which record of the registry each row is taken from (src/subject/rows).
const records: Record<string, 'person' | 'organisation' | 'form' | 'rules'> = {
	full_name: 'person', email: 'person', snils: 'person', inn: 'person',
	inn_kpp: 'organisation', ogrn: 'organisation', ogrnip: 'person',
	fss_number: 'organisation', organisation_name: 'organisation',
	unit: 'form', position: 'form', country: 'rules', type: 'rules',
};

function sourceOf(job: Job, label: string): string {
	// An address is the organisation's where there is one.
	const record = records[label] ?? (rowOf(job, 'organisation_name') === ''
		? 'person' : 'organisation');
	return t(`source.${record}`);
}

export function Data({ job }: { job: Job }) {
	const { busy, faults, run } = useAct();
	const { form } = job;
	// What the person has begun to read: others may come while they do.
	const [read, setRead] = useState(form.data_hash);

	const right = () => void run(async () => {
		setRead(form.data_hash);
		try {
			const app = await post<{ id: string }>(
				`/v1/my/forms/${form.id}/application`);
			await post<Step>(application(app.id, 'check'),
				{ data_hash: form.data_hash });
		} catch (e) {
			if (!(e instanceof Problem) || e.rule !== 'form.changed') {
				throw e;
			}
		} finally {
			await job.look();
		}
	});
	return (
		<StepPage step="data" heading={t('data.h')} faults={faults}>
			<DeviceNotice />
			<Status>{form.data_hash !== read && <Notice tone="need">
				<p>{t('error.changed')}</p></Notice>}</Status>
			<div class="text">
				<p><b>{t('data.lead')}</b></p>
				<p>{t('data.why')} {t('data.source')}</p>
			</div>
			<SummaryList rows={form.rows.map((r) => ({
				label: textOf('row', r.label) || r.label, value: r.value,
				...(r.value === '' ? {} : { source: sourceOf(job, r.label) }),
			}))} />
			<div class="actions">
				<Button busy={busy} onPress={right}>{t('data.right')}</Button>
				<Plain onPress={() => print()}>{t('page.print')}</Plain>
			</div>
			<Support form={form} />
		</StepPage>
	);
}
