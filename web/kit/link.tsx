// SPDX-License-Identifier: Apache-2.0
// Where we are in the page, and links within it.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const MOVED = 'surguch-moved';

export function go(to: string, replace = false): void {
	if (to !== location.pathname) {
		history[replace ? 'replaceState' : 'pushState'](null, '', to);
		dispatchEvent(new Event(MOVED));
	}
}

export function usePath(): string {
	const [path, setPath] = useState(location.pathname);
	useEffect(() => {
		const look = () => setPath(location.pathname);
		addEventListener('popstate', look);
		addEventListener(MOVED, look);
		return () => {
			removeEventListener('popstate', look);
			removeEventListener(MOVED, look);
		};
	}, []);
	return path;
}

export function Link(props: { to: string; class?: string;
	children: ComponentChildren }) {
	return (
		<a href={props.to} class={props.class} onClick={(e) => {
			// A new tab, a new window: as the browser does it.
			if (e.button === 0 && !e.ctrlKey && !e.metaKey && !e.shiftKey &&
			    !e.altKey) {
				e.preventDefault();
				go(props.to);
			}
		}}>{props.children}</a>
	);
}
