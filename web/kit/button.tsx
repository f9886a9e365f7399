// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { Busy } from './icon';

// A button is never disabled to say that something is wrong; while its work
// runs it says so and takes no second press.
export function Button(props: { second?: boolean; busy?: boolean;
	submit?: boolean; onPress?: () => void; children: ComponentChildren }) {
	return (
		<button type={props.submit ? 'submit' : 'button'}
			class={props.second ? 'button second' : 'button'}
			aria-disabled={props.busy ? 'true' : undefined}
			onClick={(e) => {
				if (props.busy) {
					e.preventDefault();
				} else {
					props.onPress?.();
				}
			}}>
			{props.busy && <Busy />}{props.children}
		</button>
	);
}

export function Plain(props: { onPress: () => void;
	children: ComponentChildren }) {
	return <button type="button" class="plain" onClick={props.onPress}>
		{props.children}</button>;
}
