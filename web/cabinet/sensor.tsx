// SPDX-License-Identifier: Apache-2.0
// Movements and keystrokes as more random numbers for the agent, which adds
// them to the system's and credits them with nothing.  Of keys only the times
// between them count, never which.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from '../kit/button';
import { Progress, Status } from '../kit/notice';

const ENOUGH = 256;        // samples; a key press counts for four
const PRESS = 4;
const BYTES_MAX = 12000;   // 16 KiB in base64
const SAMPLE_MS = 16;      // at most one a frame counts
const WIDTH = 400;
const HEIGHT = 240;
const TRACE_MAX = 160;

export function Sensor(props: { onDone(entropy: Uint8Array): void;
	onSkip(): void }) {
	const bytes = useRef<number[]>([]);
	const last = useRef({ x: -1, y: -1, at: 0 });
	const [got, setGot] = useState(0);
	const [trace, setTrace] = useState<string[]>([]);
	const done = got >= ENOUGH;
	const percent = Math.min(100, Math.floor(got * 100 / ENOUGH));

	const add = (worth: number, ...values: number[]) => {
		for (const v of values) {
			bytes.current.push(v & 0xff, (v >> 8) & 0xff);
		}
		setGot((n) => n + worth);
	};
	const moved = (e: PointerEvent & { currentTarget: HTMLElement }) => {
		const l = last.current;
		const box = e.currentTarget.getBoundingClientRect();
		const x = Math.round(e.clientX - box.left);
		const y = Math.round(e.clientY - box.top);
		if (done || (x === l.x && y === l.y) || e.timeStamp - l.at < SAMPLE_MS) {
			return;
		}
		add(1, x, y, Math.round((e.timeStamp - l.at) * 100));
		last.current = { x, y, at: e.timeStamp };
		setTrace((all) => [...all.slice(-TRACE_MAX),
			`${(x * WIDTH / box.width).toFixed(0)},${(y * HEIGHT / box.height).toFixed(0)}`]);
	};
	const pressed = (e: KeyboardEvent) => {
		// Tab, Escape and what has Ctrl or Alt are the browser's own.
		if (done || e.repeat || e.key === 'Tab' || e.key === 'Escape' ||
		    e.ctrlKey || e.altKey || e.metaKey) {
			return;
		}
		e.preventDefault();
		add(PRESS, Math.round((e.timeStamp - last.current.at) * 100));
		last.current = { ...last.current, at: e.timeStamp };
	};
	const sent = useRef(false);
	useEffect(() => {
		if (done && !sent.current) {
			sent.current = true;
			props.onDone(Uint8Array.from(bytes.current.slice(0, BYTES_MAX)));
		}
	}, [done]);
	return (
		<>
			<div class="sensor" role="application" tabIndex={0}
				aria-label={t('sensor.field')}
				onPointerMove={moved} onKeyDown={pressed}>
				<svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none"
					width="100%" height="100%" aria-hidden="true">
					<polyline points={trace.join(' ')} fill="none"
						stroke="currentColor" stroke-width="1.5"
						stroke-opacity="0.45" vector-effect="non-scaling-stroke" />
				</svg>
			</div>
			<Progress label={t('sensor.bar')} value={percent} max={100} />
			<Status><span class="hidden">
				{percent >= 25 && t('sensor.percent', Math.floor(percent / 25) * 25)}
			</span></Status>
			<div class="actions">
				<Button second onPress={props.onSkip}>{t('sensor.skip')}</Button>
			</div>
		</>
	);
}
