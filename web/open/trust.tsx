// SPDX-License-Identifier: Apache-2.0
// Whom the centre's certificates rest on: for anybody, signed in or not.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { get, type Authority } from '../cabinet/api';
import { useAct } from '../cabinet/hooks';
import { date, groups } from '../kit/format';
import { Link } from '../kit/link';
import { SummaryList } from '../kit/list';
import { ErrorSummary } from '../kit/notice';
import { Heading } from '../kit/page';

const formats = ['der', 'pem', 'p7b'] as const;

export function Trust() {
	const [all, setAll] = useState<Authority[] | null>(null);
	const { faults, run } = useAct();
	useEffect(() => void run(async () => setAll(
		(await get<{ certificates: Authority[] }>('/v1/authorities'))
			.certificates)), []);
	const parts = all === null ? [] : [
		{ title: t('trust.roots'), about: t('trust.roots_about'),
			of: all.filter((a) => a.root) },
		{ title: t('trust.issuing'), about: t('trust.issuing_about'),
			of: all.filter((a) => !a.root) },
	].filter((p) => p.of.length > 0);
	return (
		<>
			<div class="back"><Link class="plain" to="/">{t('page.cabinet')}</Link></div>
			<Heading>{t('trust.h')}</Heading>
			<ErrorSummary faults={faults} />
			<p>{t('trust.lead')}</p>
			{all === null && faults.length === 0 &&
				<p role="status">{t('page.loading')}</p>}
			{parts.map((p) => (
				<section class="group" key={p.title}>
					<h2>{p.title}</h2>
					<p>{p.about}</p>
					{p.of.map((a) => <One key={a.sha256} what={a} />)}
				</section>
			))}
		</>
	);
}

function One({ what }: { what: Authority }) {
	return (
		<article class="paper">
			<h3>{what.name ?? what.subject}</h3>
			<SummaryList rows={[
				{ label: t('done.until'), value: t('done.period',
					date(what.not_before), date(what.not_after)) },
				{ label: t('trust.sha256'),
					value: groups(what.sha256.toUpperCase(), 4) },
				{ label: t('trust.size'), value: t('trust.bytes', what.size) },
				{ label: t('done.download'), value: <span class="actions">
					{formats.map((f) => (
						<a key={f} class="plain" download
							aria-label={`${f === 'der' ? '.cer' : `.${f}`}, ` +
								(what.name ?? '')}
							href={`/v1/authorities/${what.sha256}/${f}`}>
							{f === 'der' ? '.cer' : `.${f}`}</a>
					))}
				</span> },
			]} />
		</article>
	);
}
