// SPDX-License-Identifier: Apache-2.0
// «Вход»: the phone, then the password that came to it.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button, Plain } from '../kit/button';
import { CodeField, PhoneField } from '../kit/field';
import { countdown, phone as phoneShown, phoneDigits, unbroken } from '../kit/format';
import { go, Link } from '../kit/link';
import { ErrorSummary, Notice, Status } from '../kit/notice';
import { Heading } from '../kit/page';
import { post, problemText, type Challenge, type Contact, type Session }
	from './api';
import { useAct, useSecondsUntil } from './hooks';

// What this tab asked for; it survives a reload, and no longer than the tab.
interface Asked extends Challenge {
	phone: string;
	asked_at: string;
}
const KEPT = 'surguch.challenge';

function kept(): Asked | null {
	const text = sessionStorage.getItem(KEPT);
	return text === null ? null : JSON.parse(text) as Asked;
}

async function ask(phone: string, challenge?: string): Promise<Asked> {
	const c = await post<Challenge>('/v1/sign-in/code',
		{ phone, ...(challenge === undefined ? {} : { challenge }) });
	const asked = { ...c, phone, asked_at: new Date().toISOString() };
	sessionStorage.setItem(KEPT, JSON.stringify(asked));
	return asked;
}

// The second time that something fails a person is to hear of other people.
const FAILURES = 2;

function Call({ support }: { support: Contact | undefined }) {
	return (
		<Notice tone="need">
			{support === undefined ? <p>{t('in.call_none')}</p> : <p>
				{t('in.call')}{' '}
				<a class="numbers" href={`tel:${support.phone}`}>{support.phone}</a>
				{support.hours !== '' && `, ${support.hours}`}
			</p>}
		</Notice>
	);
}

// ended: the person was in, and the session ended by itself
export function SignIn({ ended }: { ended: boolean }) {
	const [phone, setPhone] = useState(kept()?.phone ?? '');
	const [left, setLeft] = useState(false);
	const { busy, faults, setFaults, run } = useAct((e) =>
		({ text: problemText(e) }));
	const wrong = phoneDigits(phone).length === 10 ? undefined
		: phone.trim() === '' ? t('in.phone.empty') : t('in.phone.wrong');

	const send = () => {
		setLeft(true);
		if (wrong) {
			setFaults([{ field: 'phone', text: wrong }]);
			return;
		}
		void run(async () => {
			await ask(`+7${phoneDigits(phone)}`);
			go('/sign-in/code');
		});
	};
	const shown = left ? wrong : undefined;
	return (
		<>
			<Heading wrong={faults.length > 0}>{t('in.h')}</Heading>
			<ErrorSummary faults={faults} />
			{ended && <Notice tone="wait"><p>{t('error.session')}</p></Notice>}
			<p>{t('in.lead')}</p>
			<form noValidate onSubmit={(e) => {
				e.preventDefault();
				send();
			}}>
				<PhoneField id="phone" label={t('in.phone')}
					hint={t('in.phone_hint')} value={phone} wrong={shown}
					onInput={setPhone} onLeave={() => setLeft(true)} />
				<Button submit busy={busy}>{t('in.get')}</Button>
			</form>
		</>
	);
}

export function SignInCode({ support, onIn }: { support: Contact | undefined;
	onIn(session: Session): void }) {
	const [asked, setAsked] = useState(kept());
	const [code, setCode] = useState('');
	const [again, setAgain] = useState(false);
	const wait = useSecondsUntil(asked?.resend_at ?? null);
	const [failed, setFailed] = useState(0);
	const { busy, faults, setFaults, run } = useAct((e) => {
		setFailed((n) => n + 1);
		return { field: 'code', text: problemText(e) };
	});

	useEffect(() => {
		if (asked === null) {
			go('/sign-in', true);
		}
	}, [asked]);
	if (asked === null) {
		return null;
	}
	const enter = () => {
		const digits = code.replace(/\D/g, '');
		if (digits.length !== 8) {
			setFaults([{ field: 'code', text: digits === ''
				? t('in.code.empty') : t('in.code.form') }]);
			return;
		}
		void run(async () => {
			const session = await post<Session>('/v1/sign-in', {
				phone: asked.phone, challenge: asked.challenge, code: digits });
			sessionStorage.removeItem(KEPT);
			onIn(session);
		});
	};
	const life = Math.round((Date.parse(asked.expires_at) -
		Date.parse(asked.asked_at)) / 60000);
	return (
		<>
			<Heading wrong={faults.length > 0}>{t('in.code.h')}</Heading>
			<ErrorSummary faults={faults} />
			<div class="text">
				<p>{t('in.code.sent', phoneShown(asked.phone))}</p>
				<p>{t('in.code.life', life)}</p>
			</div>
			<form noValidate onSubmit={(e) => {
				e.preventDefault();
				enter();
			}}>
				<CodeField id="code" label={t('in.code')} hint={t('in.code_hint')}
					value={code} wrong={faults[0]?.text} onInput={setCode} />
				<div class="actions">
					<Button submit busy={busy}>{t('in.enter')}</Button>
					<Plain onPress={() => go('/sign-in')}>{t('in.change')}</Plain>
				</div>
			</form>
			<Status>{failed >= FAILURES && <Call support={support} />}</Status>
			<Resend wait={wait} sent={again} text={t('in.again_sent')}
				onPress={() => void run(async () => {
					setAsked(await ask(asked.phone, asked.challenge));
					setCode('');
					setAgain(true);
				})} />
			<div class="text">
				<p>{support === undefined ? t('in.not_come')
					: t('in.not_come_call', unbroken(support.phone))}</p>
				<details>
					<summary>{t('in.no_phone')}</summary>
					<div class="text"><p>{t('in.no_phone_text')}</p>
						<p><Link to="/phone">{t('phone.h')}</Link></p></div>
				</details>
			</div>
		</>
	);
}

// «Получить смс повторно», and how long until then.  The seconds are for the
// eye only.
export function Resend(props: { wait: number; sent: boolean; text: string;
	onPress(): void }) {
	return (
		<div class="text">
			<Status>
				{props.sent && <p>{props.text}</p>}
				{props.wait === 0 && <span class="hidden">
					{t('in.again_ready')}</span>}
			</Status>
			{props.wait > 0
				? <p class="quiet numbers">{t('in.again_in', countdown(props.wait))}</p>
				: <Plain onPress={props.onPress}>{t('in.again')}</Plain>}
		</div>
	);
}
