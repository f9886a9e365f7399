// SPDX-License-Identifier: Apache-2.0
// What a person types or ticks.  A field holds its text; it is judged when
// left with something in it, and when the form is sent.
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Attention } from './icon';

export interface FieldProps {
	id: string;
	label: string;
	hint?: string;
	value: string;
	wrong?: string | undefined;
	onInput(value: string): void;
	onLeave?(): void;
}

interface Kind {
	autocomplete: 'tel' | 'one-time-code' | 'off';
	inputMode: 'tel' | 'numeric' | 'text';
	code?: boolean;
	secret?: boolean; // not to be read over a shoulder
}

export function Field(props: FieldProps & Kind) {
	const hint = `${props.id}-hint`;
	const wrong = `${props.id}-wrong`;
	const about = [props.hint && hint, props.wrong && wrong].filter(Boolean);
	const input = {
		id: props.id, name: props.id, value: props.value,
		class: props.code ? 'code' : undefined,
		inputMode: props.inputMode, autocomplete: props.autocomplete,
		'aria-describedby': about.join(' ') || undefined,
		'aria-invalid': props.wrong ? 'true' as const : undefined,
		onInput: (e: { currentTarget: HTMLInputElement }) =>
			props.onInput(e.currentTarget.value),
		onBlur: () => props.value !== '' && props.onLeave?.(),
	};
	return (
		<div class={props.wrong ? 'field wrong' : 'field'}>
			<label for={props.id}>{props.label}</label>
			{props.hint && <span class="hint" id={hint}>{props.hint}</span>}
			{props.wrong && <WrongText id={wrong}>{props.wrong}</WrongText>}
			{props.secret ? <input type="password" {...input} />
				: <input type="text" {...input} />}
		</div>
	);
}

// A file, chosen or dropped.
export function FileDrop(props: { id: string; label: string; hint: string;
	accept: string; wrong?: string | undefined; onFile(file: File): void }) {
	const [over, setOver] = useState(false);
	const hint = `${props.id}-hint`;
	const wrong = `${props.id}-wrong`;
	const take = (files: FileList | null | undefined) => {
		const file = files?.[0];
		if (file !== undefined) {
			props.onFile(file);
		}
	};
	return (
		<div class={`field drop${over ? ' over' : ''}${props.wrong ? ' wrong' : ''}`}
			onDragOver={(e) => {
				e.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={(e) => {
				e.preventDefault();
				setOver(false);
				take(e.dataTransfer?.files);
			}}>
			<label for={props.id}>{props.label}</label>
			<span class="hint" id={hint}>{props.hint}</span>
			{props.wrong && <WrongText id={wrong}>{props.wrong}</WrongText>}
			<input id={props.id} type="file" accept={props.accept}
				aria-describedby={props.wrong ? `${hint} ${wrong}` : hint}
				aria-invalid={props.wrong ? 'true' : undefined}
				onChange={(e) => {
					take(e.currentTarget.files);
					e.currentTarget.value = ''; // the same one again counts too
				}} />
		</div>
	);
}

export function WrongText(props: { id: string; children: string }) {
	return (
		<span class="wrong-text" id={props.id}>
			<Attention size={18} />
			<span><span class="hidden">{t('error.mark')} </span>{props.children}</span>
		</span>
	);
}

// Takes any way of writing; what cannot be in a number does not get in.
export function PhoneField(props: FieldProps) {
	return <Field {...props} autocomplete="tel" inputMode="tel"
		onInput={(v) => props.onInput(v.replace(/[^\d+() \u00a0\-\u2011]/g, ''))} />;
}

// Spaces and dashes of a pasted code are welcome.
export function CodeField(props: FieldProps) {
	return <Field {...props} autocomplete="one-time-code"
		inputMode="numeric" code
		onInput={(v) => props.onInput(v.replace(/[^\d \u00a0-]/g, ''))} />;
}

export function Checkbox(props: { id: string; checked: boolean;
	wrong?: string | undefined; onChange(checked: boolean): void;
	children: ComponentChildren }) {
	const wrong = `${props.id}-wrong`;
	return (
		<div class={props.wrong ? 'field wrong' : 'field'}>
			{props.wrong && <WrongText id={wrong}>{props.wrong}</WrongText>}
			<label class="check" for={props.id}>
				<input id={props.id} type="checkbox" checked={props.checked}
					aria-describedby={props.wrong ? wrong : undefined}
					aria-invalid={props.wrong ? 'true' : undefined}
					onChange={(e) => props.onChange(e.currentTarget.checked)} />
				<span>{props.children}</span>
			</label>
		</div>
	);
}

export interface Choice {
	value: string;
	title: string;
	about: string;
	warning?: string;
	icon: ComponentChildren;
	disabled?: boolean;
}

export function Choices(props: { label: string; value: string;
	choices: Choice[]; onChange(value: string): void }) {
	const name = useId();
	return (
		<fieldset class="choices">
			<legend class="hidden">{props.label}</legend>
			{props.choices.map((c) => (
				<label class="choice" key={c.value}>
					<input type="radio" name={name} value={c.value}
						checked={c.value === props.value}
						disabled={c.disabled ?? false}
						onChange={() => props.onChange(c.value)} />
					{c.icon}
					<span><b>{c.title}</b><small>{c.about}</small>
						{c.warning && <small class="warning">
							<Attention size={16} />{c.warning}</small>}</span>
				</label>
			))}
		</fieldset>
	);
}
