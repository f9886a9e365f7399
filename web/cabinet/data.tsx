// SPDX-License-Identifier: Apache-2.0
// «Данные сертификата»: what will be certified, and whom to ask.
import { useState } from 'preact/hooks';
import { t, textOf } from '../i18n';
import { Button, Plain } from '../kit/button';
import { date } from '../kit/format';
import { SummaryList } from '../kit/list';
import { Notice, Status } from '../kit/notice';
import { application, post, Problem, purposeText, type Form, type Step }
	from './api';
import { rowOf, StepPage, type Job } from './form';
import { useAct } from './hooks';
import { DeviceNotice, Support } from './support';

// Which record of the registry a row is taken from (src/subject/rows); what
// is in neither is the owner's, or the organisation's where there is one.
const records: Record<string, 'person' | 'organisation' | 'form'> = {
	full_name: 'person', email: 'person', snils: 'person', inn: 'person',
	inn_kpp: 'organisation', ogrn: 'organisation', ogrnip: 'person',
	fss_number: 'organisation', organisation_name: 'organisation',
	unit: 'form', position: 'form',
};

function sourceOf(job: Job, row: Form['rows'][number]): string {
	return row.source === 'profile' ? t('source.rules')
		: t(`source.${records[row.label] ??
			(rowOf(job, 'organisation_name') === '' ? 'person'
				: 'organisation')}`);
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
				{form.identified_at !== undefined && <p>
					{t('data.identified', date(form.identified_at))}{' '}
					{form.approved_at !== undefined &&
						t('data.approved', date(form.approved_at))}</p>}
			</div>
			<SummaryList rows={[...form.rows.map((r) => ({
				label: textOf('row', r.label) || r.label, value: r.value,
				...(r.value === '' ? {} : { source: sourceOf(job, r) }),
			})),
			...(form.validity_days === undefined ? [] : [
				{ label: t('done.for'), value: purposeText(form.purposes),
					source: t('source.rules') },
				{ label: t('done.until'), value: t('data.days', form.validity_days),
					source: t('source.rules') }])]} />
			<div class="actions">
				<Button busy={busy} onPress={right}>{t('data.right')}</Button>
				<Plain onPress={() => print()}>{t('page.print')}</Plain>
			</div>
			<Support form={form} />
		</StepPage>
	);
}
