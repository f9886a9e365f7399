// SPDX-License-Identifier: Apache-2.0
// Two minutes before a session ends by itself the person is told, and stays
// with one key.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from '../kit/button';
import { countdown } from '../kit/format';
import { Notice } from '../kit/notice';
import { get, lastUse, SESSION, type Session } from './api';
import { useSaid } from './events';
import { useEvery } from './hooks';

const AHEAD_SEC = 120;
const USE_MS = 60000; // how often a use is told to the centre
const uses = ['keydown', 'pointerdown'] as const;

// Seconds until it ends, as far as this tab knows; others may have used it.
function secondsLeft(s: Session, told: string): number {
	const ends = Math.min(Date.parse(s.life_ends_at), Math.max(
		Date.parse(told), lastUse() + s.idle_seconds * 1000));
	return Math.max(0, Math.ceil((ends - Date.now()) / 1000));
}

export function SessionEnd({ session, onSession }: { session: Session;
	onSession(session: Session): void }) {
	const [told, setTold] = useState(session.expires_at);
	const [left, setLeft] = useState(AHEAD_SEC + 1);
	useEvery(1000, () => setLeft(secondsLeft(session, told)));
	useSaid((said) => said.kind === 'session' && setTold(said.expires_at));
	const stay = () => {
		// That it has ended already is told by the answer itself.
		get<Session>(SESSION).then((s) => {
			setTold(s.expires_at);
			setLeft(secondsLeft(s, s.expires_at));
			onSession(s);
		}, () => undefined);
	};
	useEffect(() => {
		const used = () => Date.now() - lastUse() > USE_MS && stay();
		uses.forEach((u) => addEventListener(u, used));
		return () => uses.forEach((u) => removeEventListener(u, used));
	}, []);
	return left > AHEAD_SEC ? null : (
		<div class="ending" role="alertdialog" aria-labelledby="ending">
			<Notice tone="need">
				<p><span id="ending">{t('session.ends')}</span>{' '}
					<span class="numbers" aria-hidden="true">{countdown(left)}</span></p>
				<Button onPress={stay}>{t('session.stay')}</Button>
			</Notice>
		</div>
	);
}
