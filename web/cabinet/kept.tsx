// SPDX-License-Identifier: Apache-2.0
// Every certificate that was ever issued to this phone, also those that are
// over: what was encrypted for them is still to be read.
import { t } from '../i18n';
import { date, groups } from '../kit/format';
import { Link } from '../kit/link';
import { SummaryList } from '../kit/list';
import { ErrorSummary, StatusTag } from '../kit/notice';
import { Heading } from '../kit/page';
import { get, type KeptCertificate } from './api';
import { BackToList } from './form';
import { useLoad } from './hooks';

const PAGE = '/v1/my/certificates';

// Pages are short; a person's certificates are few.
export async function allKept(): Promise<KeptCertificate[]> {
	const all: KeptCertificate[] = [];
	for (let after = ''; ;) {
		const page = await get<{ certificates: KeptCertificate[];
			next?: string }>(after === '' ? PAGE : `${PAGE}?after=${after}`);
		all.push(...page.certificates);
		if (page.next === undefined) {
			return all;
		}
		after = page.next;
	}
}

export const isOver = (c: KeptCertificate): boolean =>
	Date.parse(c.not_after) < Date.now();

// The name that people know it by.
export const nameOfKept = (c: KeptCertificate): string =>
	/(?:^|, )CN=((?:\\.|[^,])*)/.exec(c.subject)?.[1]?.replace(/\\(.)/g, '$1') ??
		c.subject;

export function KeptRows({ cert: c }: { cert: KeptCertificate }) {
	const over = isOver(c) && c.status === 'good';
	return (
		<SummaryList rows={[
			{ label: t('done.status'), value: <StatusTag
				tone={c.status === 'good' && !over ? 'ok' : 'over'}>
				{over ? t('done.expired') : t(`done.${c.status}`)}</StatusTag> },
			{ label: t('done.until'), value: t('done.period', date(c.not_before),
				date(c.not_after)) },
			{ label: t('done.serial'), value: groups(c.serial.toUpperCase(), 4) },
		]} />
	);
}

export function Kept() {
	const { value, faults } = useLoad(allKept, PAGE);
	return (
		<>
			<BackToList />
			<Heading>{t('kept.h')}</Heading>
			<ErrorSummary faults={faults} />
			<p>{t('kept.lead')}</p>
			{value === null && faults.length === 0 &&
				<p role="status">{t('page.loading')}</p>}
			{value?.length === 0 && <p>{t('kept.none')}</p>}
			{value?.map((c) => (
				<article class="paper" key={c.id}>
					<h2>{nameOfKept(c)}</h2>
					<KeptRows cert={c} />
					<div class="actions">
						{(['der', 'pem', 'p7b'] as const).map((format) => (
							<a class="plain" key={format} download
								href={`${PAGE}/${c.id}/${format}`}>
								{format === 'der' ? '.cer' : `.${format}`}</a>
						))}
						{c.status !== 'revoked' && !isOver(c) &&
							<Link class="plain" to={`/my/certificates/${c.id}/stop`}>
								{t('halt.do')}</Link>}
					</div>
				</article>
			))}
		</>
	);
}
