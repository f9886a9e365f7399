// SPDX-License-Identifier: Apache-2.0
// «Выпуск»: what the centre does, as it does it.
import { t } from '../i18n';
import { Button } from '../kit/button';
import { Points, type Point, type PointState } from '../kit/list';
import { Notice, Status } from '../kit/notice';
import type { State } from './api';
import { StepPage, type Job } from './form';
import { useSecondsUntil } from './hooks';
import { Support } from './support';

function span(seconds: number): string {
	return seconds <= 60 ? t('issue.less_minute')
		: seconds < 3600 ? t('issue.time', Math.ceil(seconds / 60), 'minute')
			: seconds < 86400 ? t('issue.time', Math.ceil(seconds / 3600), 'hour')
				: t('issue.time', Math.ceil(seconds / 86400), 'day');
}

// How far each state is: the number of points that are behind us.
const behind: Partial<Record<State, number>> = {
	confirmed: 1, review: 1, approved: 2, issuing: 2, issued: 4 };

export function Issue({ job }: { job: Job }) {
	const state = job.app?.state ?? 'confirmed';
	const done = behind[state] ?? 4;
	const at = (i: number): PointState =>
		i < done ? 'ok' : i === done ? 'now' : 'later';
	const limit = job.form.limit_seconds ?? 0;
	const late = useSecondsUntil(new Date(Date.parse(job.app?.updated_at ?? '') +
		limit * 1000).toISOString()) === 0;
	const points: Point[] = [
		{ id: 'sent', state: at(0), title: t('issue.sent') },
		state === 'review'
			? { id: 'review', state: 'now', title: t('issue.review'),
				text: t('issue.review_text') }
			: { id: 'compared', state: at(1), title: t('issue.compared') },
		{ id: 'signed', state: at(2), title: t('issue.signed') },
		{ id: 'published', state: at(3), title: t('issue.published') },
	];
	const now = points.find((p) => p.state === 'now') ?? points[3];
	return (
		<StepPage step="issue" heading={t('issue.h')}>
			<Points points={points} />
			<Status><span class="hidden">{now?.title}</span></Status>
			{done < 4 ? (
				<div class="text">
					{job.form.usual_seconds !== undefined &&
						<p>{state === 'review' ? t('issue.limit', span(limit))
							: t('issue.usual', span(job.form.usual_seconds),
								span(limit))}</p>}
					<p>{t('issue.close')}</p>
				</div>
			) : (
				<div class="actions">
					<Button onPress={() => job.to('acquaint')}>
						{t('work.next')}</Button>
				</div>
			)}
			{late && done < 4 && <>
				<Notice tone="need"><p>{t('issue.late')}</p></Notice>
				<Support form={job.form} ask={t('stop.ask')} />
			</>}
		</StepPage>
	);
}
