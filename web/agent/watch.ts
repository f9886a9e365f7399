// SPDX-License-Identifier: Apache-2.0
// The workplace as it is now: permission, agent, pairing, media.  It is looked
// at again and again, so that what was mended is noticed by itself.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useEvery } from '../cabinet/hooks';
import * as agent from './agent';

const LOOK_MS = 2000;
const PAIRING_MS = 700;

export interface Watch {
	permission: agent.Permission | 'asking' | null; // null: not known yet
	found: agent.Found | null | undefined;          // undefined: the same
	pairing: { code: string } | { why: string } | null;
	place: agent.Place | null;
	ask(): void;  // have the browser ask for the permission
	pair(): void; // have the agent show its window
}

export function isReady(w: Watch): w is Watch & { place: agent.Place } {
	return w.place !== null && w.place.agent.window !== 'none' &&
		w.place.media.length > 0;
}

export function useWorkplace(): Watch {
	const [permission, setPermission] = useState<Watch['permission']>(null);
	const [found, setFound] = useState<Watch['found']>(undefined);
	const [pairing, setPairing] = useState<Watch['pairing']>(null);
	const [place, setPlace] = useState<agent.Place | null>(null);
	const busy = useRef(false);
	const wanted = useRef(false); // the person pressed while a look was on
	const waits = useRef<{ port: number; pairing: string } | null>(null);

	async function lookPlace() {
		if (agent.paired() === null) {
			setPlace(null);
			return;
		}
		try {
			setPlace(await agent.place());
		} catch (e) {
			if (!(e instanceof agent.AgentProblem)) {
				throw e;
			}
			if (e.status === 0 || e.status === 401) {
				setPlace(null);
			} // else it only has too much to do
		}
	}
	async function lookPairing() {
		const w = waits.current;
		if (w === null) {
			return;
		}
		try {
			const state = await agent.pairingState(w.port, w.pairing);
			if (state !== 'waiting') {
				waits.current = null;
				setPairing(state === 'paired' ? null : { why: state });
			}
		} catch (e) {
			if (!(e instanceof agent.AgentProblem)) {
				throw e;
			}
			waits.current = null;
			setPairing({ why: 'expired' });
		}
	}
	async function look(asks: boolean) {
		if (busy.current) {
			wanted.current ||= asks;
			return;
		}
		busy.current = true;
		try {
			await lookOnce(asks);
		} finally {
			busy.current = false;
		}
		if (wanted.current) {
			wanted.current = false;
			await look(true);
		}
	}
	async function lookOnce(asks: boolean) {
		const may = await agent.permission();
		setPermission(asks && may === 'prompt' ? 'asking' : may);
		if (may === 'denied' || (may === 'prompt' && !asks)) {
			setPlace(null);
			return;
		}
		const is = await agent.find(asks);
		setPermission(is === null ? await agent.permission() : 'granted');
		setFound(is);
		if (is === null || is.protocol < agent.PROTOCOL) {
			setPlace(null);
			return;
		}
		agent.forgetOthers(is.port);
		await lookPairing();
		await lookPlace();
	}
	useEffect(() => void look(false), []);
	useEvery(waits.current === null ? LOOK_MS : PAIRING_MS,
		() => void look(false));

	const pair = async (port: number) => {
		try {
			const p = await agent.pair(port);
			waits.current = { port, pairing: p.pairing };
			setPairing({ code: p.code });
		} catch (e) {
			if (!(e instanceof agent.AgentProblem)) {
				throw e;
			}
			setPairing({ why: e.rule === 'agent.pairing.open' ? 'open'
				: 'expired' });
		}
	};
	return { permission, found, pairing, place,
		ask: () => void look(true),
		pair: () => found && void pair(found.port) };
}
