// SPDX-License-Identifier: Apache-2.0
// A reporter for node:test that writes one JSON object a line, for
// nodetests.mjs.  TAP would lose which stdout line belongs to which file.
export default async function* reporter(source) {
	for await (const { type, data } of source) {
		const { name, nesting, file, skip, todo, message, details } = data;
		const error = details?.error;
		const event = { type, name, nesting, file, skip, todo, message };
		if (type === 'test:fail' && error) {
			event.failure = error.failureType;
			event.error = String(error.cause?.stack ?? error.cause ??
				error.stack ?? error);
		}
		if (/^test:(pass|fail|diagnostic|stdout|stderr)$/.test(type)) {
			yield `${JSON.stringify(event)}\n`;
		}
	}
}
