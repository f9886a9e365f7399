// SPDX-License-Identifier: Apache-2.0
// What is in the person's stores, as the agent has listed it back.
import { t, textOf } from '../i18n';
import type { Store } from '../agent/keys';

const nameOf = (s: Store) => s.name || t('stores.own');

function countsOf(s: Store): string {
	return [s.personal > 0 ? t('stores.personal', s.personal) : '',
		s.authorities > 0 ? t('stores.authorities', s.authorities) : '',
		s.roots ? t('stores.roots', s.roots) : '',
	].filter(Boolean).join(', ');
}

// What a store cannot do or did not take, in words.
function remarks(s: Store): string[] {
	return [...(s.notes ?? []), ...(s.problem ? [s.problem] : [])]
		.map((rule) => textOf('stores', rule) || t('stores.other', rule));
}

export function Stores({ stores }: { stores: Store[] }) {
	return (
		<ul>
			{stores.map((s) => (
				<li key={`${s.store} ${s.name}`}>
					<b>{nameOf(s)}</b>{': '}
					{[countsOf(s), ...remarks(s)].filter(Boolean).join('. ')}
				</li>
			))}
		</ul>
	);
}
