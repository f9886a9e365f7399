// SPDX-License-Identifier: Apache-2.0
// The cabinet's page: who is signed in, and which page an address means.
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, Problem, problemText, SESSION, SIGNED_OUT, signOut,
	type Service, type Session } from './cabinet/api';
import { lookAll, useStream } from './cabinet/events';
import { FormPages, NoPage } from './cabinet/form';
import { Halt } from './cabinet/halt';
import { History } from './cabinet/history';
import { Kept } from './cabinet/kept';
import { Keys } from './cabinet/keys';
import { MyForms } from './cabinet/list';
import { SessionEnd } from './cabinet/session_end';
import { SignIn, SignInCode } from './cabinet/sign_in';
import { lang, loadLang, t } from './i18n';
import { endPairing } from './agent/agent';
import { Button } from './kit/button';
import { phone } from './kit/format';
import { go, usePath } from './kit/link';
import { ErrorSummary } from './kit/notice';
import { CheckAny } from './open/check';
import { Phone } from './open/phone';
import { Stop } from './open/stop';
import { Trust } from './open/trust';
import { Heading, Masthead } from './kit/page';

// Where to go on after signing in again.
const BACK = 'surguch.back';

// To anybody.
const open = ['/check', '/phone', '/stop', '/trust'];

interface Known {
	service: Service;
	session: Session | null;
	ended?: boolean; // it ended by itself
}

async function look(): Promise<Known> {
	const service = await get<Service>('/v1/service');
	try {
		return { service, session: await get<Session>(SESSION) };
	} catch (e) {
		if (e instanceof Problem && e.status === 401) {
			return { service, session: null };
		}
		throw e;
	}
}

function Cabinet() {
	const path = usePath();
	const [known, setKnown] = useState<Known | null>(null);
	const [fault, setFault] = useState<string | null>(null);
	const [, setLang] = useState(lang());
	const session = known?.session ?? null;
	useStream(session !== null);
	const inside = path.startsWith('/my');

	const begin = () => {
		setFault(null);
		look().then(setKnown, (e: unknown) => setFault(problemText(e)));
	};
	useEffect(() => {
		const out = () => setKnown((k) => k && { ...k, session: null,
			ended: true });
		begin();
		addEventListener(SIGNED_OUT, out);
		return () => removeEventListener(SIGNED_OUT, out);
	}, []);
	useEffect(() => {
		if (open.includes(path)) {
			return;
		}
		if (known !== null && inside && session === null) {
			sessionStorage.setItem(BACK, path);
			go('/sign-in', true);
		} else if (known !== null && session !== null && !inside) {
			go(sessionStorage.getItem(BACK) ?? '/my', true);
			sessionStorage.removeItem(BACK);
		} else if (path === '/') {
			go('/sign-in', true);
		}
	}, [known, path]);

	const leave = () => {
		endPairing();
		signOut().catch(() => undefined).finally(() => {
			go('/sign-in');
			setKnown((k) => k && { ...k, session: null });
			lookAll(); // the other tabs are out too
		});
	};
	const notice = known === null ? '' : lang() === 'ru'
		? known.service.notice_ru : known.service.notice_en;
	const ready = known !== null &&
		(open.includes(path) || (inside === (session !== null) && path !== '/'));
	return (
		<Masthead name={known?.service.name ?? ''} notice={notice}
			phone={session && phone(session.phone)} onLeave={leave}
			onLang={() => setLang(lang())}>
			{fault !== null ? <>
				<Heading>{t('page.error_title')}</Heading>
				<ErrorSummary faults={[{ text: fault }]} />
				<div class="actions"><Button onPress={begin}>
					{t('page.again')}</Button></div>
			</> : !ready ? <p role="status">{t('page.loading')}</p>
				: <Page path={path} known={known}
					onIn={(s) => setKnown({ ...known, session: s })} />}
			{session !== null && <SessionEnd session={session} onSession={(s) =>
				setKnown((k) => k && { ...k, session: s })} />}
		</Masthead>
	);
}

function Page({ path, known, onIn }: { path: string; known: Known;
	onIn(s: Session): void }) {
	const form = /^\/my\/forms\/(form_[0-9a-z]+)(?:\/([a-z]+))?\/?$/.exec(path);
	if (form?.[1] !== undefined) {
		return <FormPages id={form[1]} page={form[2] ?? ''} />;
	}
	const halt = /^\/my\/certificates\/(crt_[0-9a-z]+)\/stop\/?$/.exec(path);
	if (halt?.[1] !== undefined) {
		return <Halt id={halt[1]} />;
	}
	switch (path) {
	case '/check': return <CheckAny />;
	case '/phone': return <Phone support={known.service.support} />;
	case '/stop': return <Stop />;
	case '/trust': return <Trust />;
	case '/my': return <MyForms />;
	case '/my/certificates': return <Kept />;
	case '/my/keys': return <Keys />;
	case '/my/history': return <History />;
	case '/sign-in': return <SignIn ended={known.ended === true} />;
	case '/sign-in/code': return <SignInCode support={known.service.support}
		onIn={onIn} />;
	default: return <NoPage />;
	}
}

const place = document.getElementById('page');
if (place !== null) {
	void loadLang().then(() => render(<Cabinet />, place));
}
