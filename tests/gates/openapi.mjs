// SPDX-License-Identifier: Apache-2.0
// docs/api/openapi.json describes exactly the routes that the program serves.
// The routes are read from the route tables in src/: entries that begin with
// a method and a path under /v1, e.g. {"GET", "/v1/forms/{id}", ...}.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Finding, readText, treeFiles } from './files.mjs';

export const FILE = 'docs/api/openapi.json';
const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head'];
const ROUTE = /"(GET|PUT|POST|PATCH|DELETE|HEAD)",\s*"(\/v1\/[^"]*)"/g;

function served(root) {
	const routes = new Set();
	// The agent's own service is described in docs/agent-protocol.md.
	for (const file of treeFiles(root).filter((f) => /^src\/.*\.c$/.test(f) &&
		!f.startsWith('src/agent/'))) {
		for (const [, method, path] of readText(root, file).matchAll(ROUTE)) {
			routes.add(`${method} ${path}`);
		}
	}
	return routes;
}

function described(doc, findings) {
	const routes = new Set();
	for (const [path, item] of Object.entries(doc.paths ?? {})) {
		for (const [method, op] of Object.entries(item)) {
			if (!METHODS.includes(method)) {
				continue;
			}
			const route = `${method.toUpperCase()} ${path}`;
			routes.add(route);
			if (!op.responses || Object.keys(op.responses).length === 0) {
				findings.push(new Finding(FILE, 0, `${route}: no responses`));
			}
			const names = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
			const params = [...(item.parameters ?? []),
				...(op.parameters ?? [])].map((p) => resolve(doc, p)?.name);
			for (const name of names.filter((n) => !params.includes(n))) {
				findings.push(new Finding(FILE, 0,
					`${route}: parameter {${name}} is not described`));
			}
		}
	}
	return routes;
}

// What "#/components/…" points at; undefined when that is nothing.
function resolve(doc, node) {
	return typeof node?.$ref === 'string' ? node.$ref.slice(2).split('/')
		.reduce((at, key) => at?.[key], doc) : node;
}

function checkRefs(doc, node, findings) {
	const queue = [node];
	while (queue.length > 0) {
		const at = queue.pop();
		if (typeof at?.$ref === 'string' && resolve(doc, at) === undefined) {
			findings.push(new Finding(FILE, 0, `${at.$ref} leads nowhere`));
		}
		if (at && typeof at === 'object') {
			queue.push(...Object.values(at));
		}
	}
}

export function check(root) {
	if (!existsSync(join(root, FILE))) {
		return [new Finding(FILE, 0, 'there is no such file')];
	}
	const findings = [];
	let doc;
	try {
		doc = JSON.parse(readText(root, FILE));
	} catch (e) {
		return [new Finding(FILE, 0, e.message)];
	}
	if (!/^3\.[01]\./.test(doc.openapi ?? '') || !doc.info?.title ||
	    !doc.info?.version) {
		findings.push(new Finding(FILE, 0, 'not an OpenAPI 3 document'));
	}
	const have = described(doc, findings);
	const want = served(root);
	checkRefs(doc, doc, findings);
	for (const route of want) {
		if (!have.has(route)) {
			findings.push(new Finding(FILE, 0, `not described: ${route}`));
		}
	}
	for (const route of have) {
		if (!want.has(route)) {
			findings.push(new Finding(FILE, 0, `not served: ${route}`));
		}
	}
	if (want.size === 0) {
		findings.push(new Finding('src', 0, 'no route under /v1 was found'));
	}
	return findings;
}
