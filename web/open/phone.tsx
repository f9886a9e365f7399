// SPDX-License-Identifier: Apache-2.0
// «Номер меняют без меня»: whoever has the old phone ends a change of the number
// by the code of its SMS.  Without one: what to do when the phone is lost.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { post, problemText, type Contact } from '../cabinet/api';
import { useAct } from '../cabinet/hooks';
import { Button } from '../kit/button';
import { Field } from '../kit/field';
import { Link } from '../kit/link';
import { ErrorSummary, Notice } from '../kit/notice';
import { Heading } from '../kit/page';

export function Phone({ support }: { support: Contact | undefined }) {
	const [code, setCode] = useState('');
	const [ended, setEnded] = useState(false);
	const { busy, faults, setFaults, run } = useAct((e) =>
		({ field: 'code', text: problemText(e) }));
	const object = () => {
		if (code.replace(/[\s-]/g, '').length !== 16) {
			setFaults([{ field: 'code', text: t('phone.form') }]);
			return;
		}
		void run(async () => {
			await post<unknown>('/v1/phone/objection', { code });
			setEnded(true);
		});
	};
	return (
		<>
			<Heading wrong={faults.length > 0}>{t('phone.h')}</Heading>
			<ErrorSummary faults={faults} />
			{ended ? <Notice tone="ok"><p>{t('phone.ended')}</p></Notice>
				: <section class="group">
					<h2>{t('phone.not_me')}</h2>
					<p>{t('phone.not_me_how')}</p>
					<form noValidate onSubmit={(e) => {
						e.preventDefault();
						object();
					}}>
						<Field id="code" label={t('phone.code')}
							hint={t('phone.code_hint')} value={code}
							wrong={faults[0]?.text} autocomplete="off"
							inputMode="text" onInput={setCode} />
						<Button submit busy={busy}>{t('phone.do')}</Button>
					</form>
				</section>}
			<section class="group">
				<h2>{t('in.no_phone')}</h2>
				<p>{t('in.no_phone_text')}</p>
				{support !== undefined && <p>{t('in.call')}{' '}
					<a class="numbers" href={`tel:${support.phone}`}>
						{support.phone}</a>
					{support.hours !== '' && `, ${support.hours}`}</p>}
				<p><Link to="/stop">{t('halt.h')}</Link></p>
			</section>
		</>
	);
}
