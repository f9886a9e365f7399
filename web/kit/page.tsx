// SPDX-License-Identifier: Apache-2.0
// The frame of every page, its heading, and the way that it is a step of.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { lang, setLang, t } from '../i18n';
import { moment } from './format';
import { Link } from './link';
import { Seal, Tick } from './icon';

export interface Frame {
	name: string;
	notice: string;
	phone: string | null;
	onLang(): void;
	onLeave(): void;
}

export function Masthead(props: Frame & { children: ComponentChildren }) {
	const other = lang() === 'ru' ? 'en' : 'ru';
	return (
		<div class="frame">
			<a class="skip" href="#main">{t('page.skip')}</a>
			<header class="masthead">
				<Link class="name" to={props.phone ? '/my' : '/sign-in'}>
					<Seal />
					<span>{props.name}<small>{t('page.cabinet')}</small></span>
				</Link>
				{props.phone && <span class="who numbers">
					<span class="hidden">{t('page.signed_in', '')}</span>
					{props.phone}
				</span>}
				{props.phone && <button type="button" class="plain"
					onClick={props.onLeave}>{t('page.leave')}</button>}
				<button type="button" class="plain" lang={other} onClick={() => void
					setLang(other).then(props.onLang, () => undefined)}>{t('page.language')}</button>
			</header>
			<main id="main" tabIndex={-1}>{props.children}</main>
			<footer class="foot">
				<p>{props.notice}</p>
				<p class="print-only numbers">{location.host}{location.pathname}
					{' · '}{moment(new Date().toISOString())}</p>
				<Link class="plain" to="/check">{t('any.h')}</Link>
				<Link class="plain" to="/stop">{t('halt.h')}</Link>
				<Link class="plain" to="/trust">{t('trust.link')}</Link>
			</footer>
		</div>
	);
}

// The heading; it takes the focus when the page is a new one.
let shown = '';
export function Heading(props: { wrong?: boolean | undefined;
	children: string }) {
	const ref = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		document.title = (props.wrong ? `${t('error.mark')} ` : '') +
			`${props.children} · ${t('page.cabinet')}`;
	}, [props.children, props.wrong]);
	useEffect(() => {
		const here = location.pathname;
		if (shown !== '' && shown !== here) {
			ref.current?.focus({ preventScroll: true });
			scrollTo(0, 0);
		}
		shown = here;
	}, []);
	return <h1 ref={ref} tabIndex={-1}>{props.children}</h1>;
}

// steps: words, in order; now: the index of the one where we are.
export function Steps({ steps, now }: { steps: string[]; now: number }) {
	return (
		<nav aria-label={t('page.steps')}>
			<ol class="steps">
				{steps.map((word, i) => (
					<li key={word} aria-current={i === now ? 'step' : undefined}>
						<span class="mark" aria-hidden="true">
							{i < now ? <Tick size={14} /> : i + 1}
						</span>
						<span class="word">{word}
							{i < now && <span class="hidden">,{' '}
								{t('page.step_done')}</span>}
						</span>
					</li>
				))}
			</ol>
		</nav>
	);
}
