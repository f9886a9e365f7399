// SPDX-License-Identifier: Apache-2.0
// What the person sits at: some steps need the agent, which runs on computers
// and, so far, not under Windows.
export type Device = 'computer' | 'windows' | 'phone';

export function device(): Device {
	const agent = navigator.userAgent;
	return /Android|iPhone|iPad|Mobile/i.test(agent) ? 'phone'
		: /Windows/i.test(agent) ? 'windows' : 'computer';
}
