// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { post, SESSION } from '../cabinet/api';
import { useAct } from '../cabinet/hooks';
import { Button } from '../kit/button';
import { Field } from '../kit/field';
import { ErrorSummary, Notice } from '../kit/notice';
import { m, sayProblem } from './texts';

export interface Who {
	name: string;
}

export function SignIn({ ended, onIn }: { ended: boolean;
	onIn(who: Who): void }) {
	const [key, setKey] = useState('');
	const { busy, faults, setFaults, run } = useAct((e) =>
		({ field: 'key', text: sayProblem(e) }));
	const enter = () => {
		if (key.trim() === '') {
			setFaults([{ field: 'key', text: m('in.empty') }]);
			return;
		}
		void run(async () =>
			onIn(await post<Who>(SESSION, { key: key.trim() })));
	};
	return (
		<>
			<h1>{m('in.h')}</h1>
			{ended && faults.length === 0 &&
				<Notice tone="wait"><p>{m('in.ended')}</p></Notice>}
			<ErrorSummary faults={faults} />
			<div class="text"><p>{m('in.lead')}</p></div>
			<form noValidate onSubmit={(e) => {
				e.preventDefault();
				enter();
			}}>
				<Field id="key" label={m('in.key')} hint={m('in.key_hint')}
					autocomplete="off" inputMode="text" value={key} secret
					wrong={faults[0]?.text} onInput={setKey} />
				<Button submit busy={busy}>{m('in.enter')}</Button>
			</form>
		</>
	);
}
