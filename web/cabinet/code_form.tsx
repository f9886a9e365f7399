// SPDX-License-Identifier: Apache-2.0
// The code from an SMS that orders an act: typed, sent, and had again.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from '../kit/button';
import { CodeField } from '../kit/field';
import { problemText } from './api';
import { useAct, useSecondsUntil } from './hooks';
import { Resend } from './sign_in';

// For a page whose act is ordered so: what goes wrong belongs to the code.
export const useCodeAct = () => useAct((e) =>
	({ field: 'code', text: problemText(e, 'confirm.code') }));

// act: of useCodeAct();  resendAt: null when this browser has sent none yet;
// onAgain: has one sent
export function CodeForm({ act, resendAt, send, onCode, onAgain }: {
	act: ReturnType<typeof useCodeAct>; resendAt: string | null; send: string;
	onCode(digits: string): Promise<void>; onAgain(): Promise<void> }) {
	const [code, setCode] = useState('');
	const [again, setAgain] = useState(false);
	const wait = useSecondsUntil(resendAt);
	const enter = () => {
		const digits = code.replace(/\D/g, '');
		if (digits.length === 6) {
			void act.run(() => onCode(digits));
		} else {
			act.setFaults([{ field: 'code', text: digits === ''
				? t('confirm.code.empty') : t('confirm.code.form') }]);
		}
	};
	const resend = (
		<Resend wait={wait} sent={again} text={t('confirm.again_sent')}
			onPress={() => void act.run(async () => {
				await onAgain();
				setCode('');
				setAgain(true);
			})} />
	);
	return (
		<>
			{resendAt === null && resend}
			<form noValidate onSubmit={(e) => {
				e.preventDefault();
				enter();
			}}>
				<CodeField id="code" label={t('confirm.code')}
					hint={t('confirm.code_hint')} value={code}
					wrong={act.faults[0]?.text} onInput={setCode} />
				<Button submit busy={act.busy}>{send}</Button>
			</form>
			{resendAt !== null && resend}
		</>
	);
}
