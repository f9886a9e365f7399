// SPDX-License-Identifier: Apache-2.0
// «Проверить сертификат»: what the centre says of any certificate, to anybody
// who has its file or its serial number.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { base64 } from '../agent/keys';
import { post, Problem, problemText, purposeText, type Purpose }
	from '../cabinet/api';
import { useAct } from '../cabinet/hooks';
import { Button } from '../kit/button';
import { Field, FileDrop } from '../kit/field';
import { date, moment } from '../kit/format';
import { SummaryList } from '../kit/list';
import { ErrorSummary, Notice, Status, type Tone } from '../kit/notice';
import { Heading } from '../kit/page';
import { reasonText } from '../cabinet/reasons';

type State = 'good' | 'hold' | 'revoked' | 'expired' | 'not_yet' | 'unknown';
interface Told {
	status: State;
	not_before?: string;
	not_after?: string;
	since?: string; // it is not good since then
	reason?: string;
	purposes?: Purpose[]; // of a file
	checked_at: string;
}
const tones: Record<State, Tone> = { good: 'ok', hold: 'need', revoked: 'wrong',
	expired: 'need', not_yet: 'wait', unknown: 'need' };
const FILE_MAX = 100000; // bytes; a certificate has two thousand

// As the API takes it: PEM as it is, DER in base64.
function asText(bytes: Uint8Array): string {
	const text = new TextDecoder().decode(bytes);
	return text.includes('-----BEGIN') ? text : base64(bytes);
}

export function CheckAny() {
	const [serial, setSerial] = useState('');
	const [told, setTold] = useState<{ of: string; what: Told } | null>(null);
	const { busy, faults, setFaults, run } = useAct((e) => ({
		text: problemText(e), ...(e instanceof Problem &&
			e.field === 'certificate' ? { field: 'file' } : {}) }));

	const ask = (of: string, body: Record<string, string>) => {
		setTold(null);
		void run(async () => setTold({ of,
			what: await post<Told>('/v1/status', body) }));
	};
	const take = (file: File) => {
		setTold(null);
		if (file.size > FILE_MAX) {
			setFaults([{ field: 'file', text: t('any.big') }]);
			return;
		}
		void file.arrayBuffer().then((b) => ask(file.name,
			{ certificate: asText(new Uint8Array(b)) }));
	};
	const byNumber = () => {
		const digits = serial.replace(/[\s:]/g, '');
		if (!/^[0-9a-f]+$/i.test(digits)) {
			setFaults([{ field: 'serial', text: t('any.serial_form') }]);
		} else {
			ask(serial.trim(), { serial: digits });
		}
	};
	const wrong = (field: string) => faults.find((f) => f.field === field)?.text;
	return (
		<>
			<Heading wrong={faults.length > 0}>{t('any.h')}</Heading>
			<ErrorSummary faults={faults} />
			<p>{t('any.lead')}</p>
			<FileDrop id="file" label={t('any.file')} hint={t('any.file_hint')}
				accept=".cer,.crt,.der,.pem" wrong={wrong('file')} onFile={take} />
			<form noValidate onSubmit={(e) => {
				e.preventDefault();
				byNumber();
			}}>
				<Field id="serial" label={t('any.serial')}
					hint={t('any.serial_hint')} value={serial}
					wrong={wrong('serial')} autocomplete="off" inputMode="text"
					onInput={setSerial} />
				<Button submit busy={busy}>{t('any.do')}</Button>
			</form>
			<Status>{told !== null && <Result of={told.of} what={told.what} />}
			</Status>
		</>
	);
}

function Result({ of, what }: { of: string; what: Told }) {
	const rows = [
		{ label: t('any.of'), value: of },
		...(what.not_before === undefined || what.not_after === undefined ? []
			: [{ label: t('done.until'), value: t('done.period',
				date(what.not_before), date(what.not_after)) }]),
		...(what.purposes === undefined ? []
			: [{ label: t('done.for'), value: purposeText(what.purposes) }]),
		...(what.since === undefined ? []
			: [{ label: t('any.since'), value: moment(what.since) }]),
		...(what.reason === undefined ? []
			: [{ label: t('any.reason'), value: reasonText(what.reason) }]),
		{ label: t('any.at'), value: moment(what.checked_at) },
	];
	return (
		<section class="group">
			<Notice tone={tones[what.status]}>
				<p><b>{t(`any.${what.status}`)}</b></p></Notice>
			<SummaryList rows={rows} />
		</section>
	);
}
