// SPDX-License-Identifier: Apache-2.0
// What the centre tells by itself: one stream a browser, however many tabs.
// The tab that can be seen and holds the lock listens and tells the others;
// a tab that is hidden lets go of both.  Where no stream comes, pages ask.
import { useEffect, useRef } from 'preact/hooks';
import { useEvery } from './hooks';
import type { FormRow } from './api';

const PATH = '/v1/my/events';
const NAME = 'surguch.events'; // of the lock and of the channel
const ALIVE_MS = 4000;         // how often the listener says that it hears
const SILENT_MS = 10000;       // without that, pages ask again
const AGAIN_MS = 30000;        // after a stream that was refused or ended

// who: does anybody listen?  anything: look at all anew
type Said = { kind: 'who' } | { kind: 'alive' } | { kind: 'anything' } |
	{ kind: 'form'; row: FormRow & { withdrawn?: boolean } } |
	{ kind: 'session'; expires_at: string };

const channel = 'BroadcastChannel' in self ? new BroadcastChannel(NAME) : null;
const here = new EventTarget();
let heard = 0; // when the stream was last known to live

function hear(said: Said): void {
	if (said.kind === 'who') {
		return; // for the tab that listens
	}
	heard = Date.now();
	if (said.kind !== 'alive') {
		here.dispatchEvent(new CustomEvent<Said>('said', { detail: said }));
	}
}
channel?.addEventListener('message', (e) => hear(e.data as Said));

function say(said: Said): void {
	hear(said);
	channel?.postMessage(said);
}

// Have every tab look at all anew.
export const lookAll = () => say({ kind: 'anything' });

// Resolves when the stream is over.
function listen(signal: AbortSignal): Promise<void> {
	return new Promise((done) => {
		const source = new EventSource(PATH);
		const alive = () => source.readyState === EventSource.OPEN &&
			say({ kind: 'alive' });
		const asked = (e: MessageEvent) =>
			(e.data as Said).kind === 'who' && alive();
		const timer = setInterval(alive, ALIVE_MS);
		channel?.addEventListener('message', asked);
		const end = () => {
			clearInterval(timer);
			channel?.removeEventListener('message', asked);
			source.close();
			done();
		};
		const on = (name: string, tell: (data: unknown) => void) =>
			source.addEventListener(name, (e) =>
				tell(JSON.parse((e as MessageEvent<string>).data)));
		on('ready', (data) => say((data as { resumed: boolean }).resumed
			? { kind: 'alive' } : { kind: 'anything' }));
		on('form', (row) => say({ kind: 'form', row: row as FormRow }));
		on('session', (data) => say({ kind: 'session',
			expires_at: (data as { expires_at: string }).expires_at }));
		// Pages ask, and are told why.
		on('end', () => {
			lookAll();
			heard = 0;
			end();
		});
		source.addEventListener('error', () => {
			// Else the browser opens it again by itself.
			if (source.readyState === EventSource.CLOSED) {
				end();
			}
		});
		signal.addEventListener('abort', end);
	});
}

// As long as this tab is seen and `signal` lets it.
async function take(signal: AbortSignal): Promise<void> {
	while (!signal.aborted) {
		await navigator.locks.request(NAME, { signal }, () => listen(signal));
		await new Promise((done) => {
			setTimeout(done, AGAIN_MS);
			signal.addEventListener('abort', done);
		});
	}
}

// on: somebody is signed in
export function useStream(on: boolean): void {
	useEffect(() => {
		if (!on || channel === null || !('locks' in navigator)) {
			return undefined;
		}
		let now: AbortController | null = null;
		const seen = () => {
			const visible = document.visibilityState === 'visible';
			if (visible && now === null) {
				channel.postMessage({ kind: 'who' } satisfies Said);
				now = new AbortController();
				take(now.signal).catch(() => undefined); // given up
			} else if (!visible) {
				now?.abort();
				now = null;
			}
		};
		seen();
		document.addEventListener('visibilitychange', seen);
		return () => {
			document.removeEventListener('visibilitychange', seen);
			now?.abort();
		};
	}, [on]);
}

// What is told while the page is seen.
export function useSaid(then: (said: Said) => void): void {
	const last = useRef(then);
	last.current = then;
	useEffect(() => {
		const tell = (e: Event) => document.visibilityState === 'visible' &&
			last.current((e as CustomEvent<Said>).detail);
		here.addEventListener('said', tell);
		return () => here.removeEventListener('said', tell);
	}, []);
}

// Look each `ms` where nothing is told, and when the page is seen again.
export function useLook(ms: number, look: () => void, on = true): void {
	useEvery(ms, (seen) =>
		(seen || Date.now() - heard > SILENT_MS) && look(), on);
}
