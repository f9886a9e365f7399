// SPDX-License-Identifier: Apache-2.0
// The page of a mirror's administrator: sign in, then what there is.
import { render, type ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, Problem, SESSION, SIGNED_OUT, signOut } from '../cabinet/api';
import { lang, loadLang, setLang, t } from '../i18n';
import { Button } from '../kit/button';
import { Seal } from '../kit/icon';
import { ErrorSummary } from '../kit/notice';
import { Mirrors } from './mirrors';
import { SignIn, type Who } from './sign_in';
import { m, sayProblem } from './texts';

function Frame(props: { who: Who | null; onLeave(): void; onLang(): void;
	children: ComponentChildren }) {
	const other = lang() === 'ru' ? 'en' : 'ru';
	return (
		<div class="frame">
			<a class="skip" href="#main">{t('page.skip')}</a>
			<header class="masthead">
				<a class="name" href="/"><Seal />
					<span>surguch-trustd<small>{m('title')}</small></span></a>
				{props.who && <span class="who">{m('who', props.who.name)}</span>}
				{props.who && <button type="button" class="plain"
					onClick={props.onLeave}>{m('leave')}</button>}
				<button type="button" class="plain" lang={other} onClick={() => void
					setLang(other).then(props.onLang, () => undefined)}>
					{t('page.language')}</button>
			</header>
			<main id="main" tabIndex={-1}>{props.children}</main>
			<footer class="foot"><p>{m('notice')}</p></footer>
		</div>
	);
}

function Page() {
	const [who, setWho] = useState<Who | null | undefined>();
	const [ended, setEnded] = useState(false);
	const [fault, setFault] = useState<string | null>(null);
	const [, setShown] = useState(lang());

	const begin = () => {
		setFault(null);
		get<Who>(SESSION).then(setWho, (e: unknown) => {
			if (e instanceof Problem && e.status === 401) {
				setWho(null);
			} else {
				setFault(sayProblem(e));
			}
		});
	};
	useEffect(() => {
		const out = () => {
			setEnded(true);
			setWho(null);
		};
		begin();
		addEventListener(SIGNED_OUT, out);
		return () => removeEventListener(SIGNED_OUT, out);
	}, []);
	useEffect(() => {
		document.title = m(who === null ? 'in.h' : 'title');
	});
	const leave = () => void signOut().catch(() => undefined).finally(() => {
		setEnded(false);
		setWho(null);
	});
	return (
		<Frame who={who ?? null} onLeave={leave}
			onLang={() => setShown(lang())}>
			{fault !== null ? <>
				<ErrorSummary faults={[{ text: fault }]} />
				<div class="actions"><Button onPress={begin}>
					{m('again')}</Button></div>
			</> : who === undefined ? <p role="status">{m('loading')}</p>
				: who === null ? <SignIn ended={ended} onIn={setWho} />
					: <Mirrors />}
		</Frame>
	);
}

const place = document.getElementById('page');
if (place !== null) {
	void loadLang().then(() => render(<Page />, place));
}
