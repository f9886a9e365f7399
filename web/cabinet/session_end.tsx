// SPDX-License-Identifier: Apache-2.0
// Two minutes before a session ends by itself the person is told, and stays
// with one key.
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from '../kit/button';
import { countdown } from '../kit/format';
import { Notice } from '../kit/notice';
import { get, SESSION, type Session } from './api';
import { useSecondsUntil } from './hooks';

const AHEAD_SEC = 120;
const USE_MS = 60000; // how often a use is told to the centre
const uses = ['keydown', 'pointerdown'] as const;

export function SessionEnd({ session, onSession }: { session: Session;
	onSession(session: Session): void }) {
	const left = useSecondsUntil(session.expires_at);
	const told = useRef(Date.now());
	const stay = () => {
		told.current = Date.now();
		// That it has ended already is told by the answer itself.
		get<Session>(SESSION).then(onSession, () => undefined);
	};
	useEffect(() => {
		const used = () => Date.now() - told.current > USE_MS && stay();
		uses.forEach((u) => addEventListener(u, used));
		return () => uses.forEach((u) => removeEventListener(u, used));
	}, []);
	return left === 0 || left > AHEAD_SEC ? null : (
		<div class="ending" role="alertdialog" aria-labelledby="ending">
			<Notice tone="need">
				<p><span id="ending">{t('session.ends')}</span>{' '}
					<span class="numbers" aria-hidden="true">{countdown(left)}</span></p>
				<Button onPress={stay}>{t('session.stay')}</Button>
			</Notice>
		</div>
	);
}
