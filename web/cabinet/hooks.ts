// SPDX-License-Identifier: Apache-2.0
// What pages do again and again: load, look until, count down, do one thing
// at a time.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { problemText } from './api';
import type { Fault } from '../kit/notice';

// Calls `tick` each `ms` while the page can be seen, and (with true) when it is
// seen again.
export function useEvery(ms: number, tick: (seen: boolean) => void,
	on = true): void {
	const last = useRef(tick);
	last.current = tick;
	useEffect(() => {
		if (!on) {
			return undefined;
		}
		const beat = (seen: boolean) =>
			document.visibilityState === 'visible' && last.current(seen);
		const see = () => beat(true);
		const timer = setInterval(() => beat(false), ms);
		document.addEventListener('visibilitychange', see);
		return () => {
			clearInterval(timer);
			document.removeEventListener('visibilitychange', see);
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

const AGAIN_MS = 4000;

// What a page shows and does not change.  A centre that was away is asked
// again by itself.
export function useLoad<T>(load: () => Promise<T>, of: string,
	say: (e: unknown) => string = problemText) {
	const [value, setValue] = useState<T | null>(null);
	const [faults, setFaults] = useState<Fault[]>([]);
	const now = useRef(of);
	now.current = of;
	const look = () => void load().then((v) => {
		if (now.current === of) {
			setValue(v);
			setFaults([]);
		}
	}, (e: unknown) => setFaults([{ text: say(e) }]));
	useEffect(() => {
		setValue(null);
		look();
	}, [of]);
	useEvery(AGAIN_MS, look, faults.length > 0 && value === null);
	return { value, faults, look };
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
