// SPDX-License-Identifier: Apache-2.0
// What pages do again and again: ask once, ask until, count down, do one thing
// at a time.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { problemText } from './api';
import type { Fault } from '../kit/notice';

// Calls `tick` each `ms` while the page can be seen, and when it is seen again.
export function useEvery(ms: number, tick: () => void, on = true): void {
	const last = useRef(tick);
	last.current = tick;
	useEffect(() => {
		if (!on) {
			return undefined;
		}
		const beat = () => document.visibilityState === 'visible' &&
			last.current();
		const timer = setInterval(beat, ms);
		document.addEventListener('visibilitychange', beat);
		return () => {
			clearInterval(timer);
			document.removeEventListener('visibilitychange', beat);
		};
	}, [ms, on]);
}

// Whole seconds left until a moment; 0 when it is past or none.
export function useSecondsUntil(iso: string | null): number {
	const left = () => iso === null ? 0
		: Math.max(0, Math.ceil((Date.parse(iso) - Date.now()) / 1000));
	const [seconds, setSeconds] = useState(left());
	useEffect(() => setSeconds(left()), [iso]);
	useEvery(250, () => setSeconds(left()), seconds > 0);
	return seconds;
}

// One act at a time: run() says what went wrong in `faults`.
export function useAct(say: (e: unknown) => Fault = (e) =>
	({ text: problemText(e) })) {
	const [busy, setBusy] = useState(false);
	const [faults, setFaults] = useState<Fault[]>([]);
	const run = useCallback(async (act: () => Promise<void>) => {
		setBusy(true);
		try {
			await act();
			setFaults([]);
		} catch (e) {
			setFaults([say(e)]);
		} finally {
			setBusy(false);
		}
	}, []);
	return { busy, faults, setFaults, run };
}
