// SPDX-License-Identifier: Apache-2.0
// Who fetched what, and when last.
import { get } from '../cabinet/api';
import { useLoad } from '../cabinet/hooks';
import { moment } from '../kit/format';
import { ErrorSummary } from '../kit/notice';
import { m, sayProblem } from './texts';

interface Client {
	address: string;
	mirror: string;
	file: string;
	at: string;
	times: number;
	status: number;
}

export function Clients() {
	const { value, faults } = useLoad(async () =>
		(await get<{ clients: Client[] }>('/v1/clients')).clients, '',
	sayProblem);
	return (
		<section class="group">
			<h2>{m('clients.h')}</h2>
			<ErrorSummary faults={faults} />
			{value !== null && <p>{m(value.length === 0 ? 'clients.none'
				: 'clients.lead')}</p>}
			<ul class="list">
				{(value ?? []).map((c) => (
					<li key={c.address + c.mirror} class="row">
						<span><span class="title numbers">{c.address}</span><br />
							<span class="about">/{[c.mirror, c.file]
								.filter(Boolean).join('/')}{' · '}{c.status}
							{' · '}{m('clients.times', c.times)}</span></span>
						<span class="side numbers">{moment(c.at)}</span>
					</li>
				))}
			</ul>
		</section>
	);
}
