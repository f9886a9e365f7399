// SPDX-License-Identifier: Apache-2.0
// Faults for the gates that read: each is a small tree with one thing wrong.
// A plant is {gate, fault, files, find} where files holds the whole tree by
// path (a value of null copies the project's own file), find is what the
// finding must say, and check runs the gate.
import * as docs from './docs.mjs';
import * as format from './format.mjs';
import * as headers from './headers.mjs';
import * as man from './man.mjs';
import * as openapi from './openapi.mjs';
import * as requirements from './requirements.mjs';
import * as sources from './sources.mjs';
import * as usage from './usage.mjs';
import * as layers from '../layers/check.mjs';

const TOP = '/* SPDX-License-Identifier: Apache-2.0 */\n';
const RULES = { 'tests/layers/rules': null };

function header(path, body) {
	const guard = headers.guardOf(path);
	return `${TOP}#ifndef ${guard}\n#define ${guard}\n${body}#endif\n`;
}

const LAYERS = [
	{ fault: 'the signer includes the database', files: {
		'src/signer/x.c': `${TOP}#include "store/store.h"\n` },
	find: /x\.c:2: "store\/store\.h" is not among/ },
	{ fault: 'a library outside its floor', files: {
		'src/x509/x.c': `${TOP}#include <openssl/evp.h>\n` },
	find: /<openssl\/evp\.h> is for crypto alone/ },
	{ fault: 'an include upwards', files: {
		'src/base/x.h': `${TOP}#include "os/file.h"\n` },
	find: /base may include/ },
	{ fault: 'a forbidden floor behind an allowed header', files: {
		'src/signer/x.c': `${TOP}#include "profile/profile.h"\n`,
		'src/profile/profile.h': `${TOP}#include "json/json.h"\n` },
	find: /signer never reaches json: .*profile\/profile\.h -> json/ },
	{ fault: 'a folder without a rule', files: {
		'src/novel/x.c': `${TOP}#include "base/buf.h"\n` },
	find: /no rule/ },
	{ fault: 'a macro as the name of a header', files: {
		'src/base/x.c': `${TOP}#include NAME\n` },
	find: /not among/ },
].map((p) => ({ gate: 'layers', check: layers.check, ...p,
	files: { ...RULES, ...p.files } }));

const SOURCES = [
	{ fault: 'a product as a size', files: {
		'src/base/x.c': `${TOP}char *p = malloc(n * m);\n` },
	find: /x\.c:2: a product/ },
	{ fault: 'conditional compilation', files: {
		'src/x509/x.c': `${TOP}#ifdef __linux__\n#endif\n` },
	find: /x\.c:2: conditional/ },
	{ fault: 'no licence line', files: { 'src/base/x.c': 'int x;\n' },
		find: /no SPDX/ },
	{ fault: 'too many lines', files: {
		'src/base/x.c': TOP + 'int x;\n'.repeat(900) },
	find: /more than 800 lines/ },
	{ fault: 'a struct behind a typedef', files: {
		'src/base/x.h': `${TOP}typedef struct x x_t;\n` },
	find: /typedef/ },
	{ fault: 'a path of a machine', files: {
		'docs/x.md': `see ${['', 'ho' + 'me', 'anna', 'x'].join('/')}\n` },
	find: /x\.md:1: a path/ },
	{ fault: 'a host of packages', files: {
		'docs/x.md': `from ${'deb.' + 'debian'}.org\n` },
	find: /x\.md:1: a host/ },
	{ fault: 'a merge left open', files: {
		'docs/x.md': `${'<'.repeat(7)} ours\n` },
	find: /merge/ },
].map((p) => ({ gate: 'sources', check: sources.check, ...p }));

const FORMAT = [
	{ fault: 'two statements on a line', files: {
		'.clang-format': null,
		'src/base/x.c': `${TOP}int x(void) { return 1; }\n` },
	find: /x\.c:2: code should be clang-formatted/ },
].map((p) => ({ gate: 'format', check: format.check, ...p }));

const HEADERS = [
	{ fault: 'a header that needs another first', files: {
		'src/base/x.h': header('src/base/x.h', 'size_t x(void);\n') },
	find: /does not compile alone/ },
	{ fault: 'a guard of another name', files: {
		'src/base/x.h': header('src/base/y.h', 'int x(void);\n') },
	find: /its guard is not SURGUCH_BASE_X_H/ },
].map((p) => ({ gate: 'headers', check: headers.check, ...p }));

const PAGE = '.Dd $Mdocdate$\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd nothing\n';
const MAN = [
	{ fault: 'a page without its sections', files: {
		'docs/man/x.1': PAGE }, find: /no section EXIT STATUS/ },
	{ fault: 'a macro that does not exist', files: {
		'docs/man/x.1': `${PAGE}.Xyzzy\n` }, find: /unknown macro/ },
	{ fault: 'a program without a page', files: {
		'docs/man/x.1': PAGE,
		'src/cli/meson.build': "executable('surguch-novel', 'x.c')\n" },
	find: /no page of surguch-novel/ },
].map((p) => ({ gate: 'man', check: man.check, ...p }));

// A program with a command, one without, and a page of each.
const TOOL = `${TOP}static const struct cli_option options[] = {
    {"--json", NULL, &json}};
static enum err
run_list(int argc)
{
	const struct cli_option options[] = {{"--max", &max, NULL}};
}
static const struct cli_command commands[] = {
    {"key", "list", "FOLDER "
	"[--max N]", "what there is", run_list},
};
static const struct cli_program program = {
    .name = "surguch", .usage = "[--json]"};
`;
const TOOL_PAGE = `${PAGE.replace('.Nm x', '.Nm surguch')}.Sh SYNOPSIS
.Nm surguch
.Op Fl \\-json
.Ar group
.Ar command
.Op Ar argument ...
.Sh DESCRIPTION
.Fl \\-json
is plain.
.Bl -tag -width Ds
.It Cm key Cm list Ar folder Oo Fl \\-max Ar n Oc
What there is.
.El
`;
const ROLE = `${TOP}{'d', true, "DIR", &o->dir, NULL},
{'L', false, NULL, NULL, &o->loose},
strcmp(argv[1], "--make-key")
`;
const ROLE_PAGE = `${PAGE.replace('.Nm x', '.Nm surguch-x')}.Sh SYNOPSIS
.Nm surguch-x
.Fl d Ar dir
.Op Fl L
.Nm surguch-x
.Fl -make-key
.Sh DESCRIPTION
.Fl d ,
.Fl L ,
.Fl -make-key .
`;
const USAGE_TREE = {
	'src/cli/x.c': TOOL, 'docs/man/surguch.1': TOOL_PAGE,
	'src/roles/x.c': ROLE, 'docs/man/surguch-x.8': ROLE_PAGE,
	'src/roles/meson.build': "executable('surguch-x', 'x.c')\n",
};
// The tree above with one thing changed in one of its files.
function misuse(fault, path, from, to, find) {
	const text = USAGE_TREE[path].replaceAll(from, to);
	if (text === USAGE_TREE[path]) {
		throw new Error(`${fault}: nothing was planted`);
	}
	return { fault, files: { ...USAGE_TREE, [path]: text }, find };
}
const USAGE = [
	misuse('a command without an entry', 'docs/man/surguch.1',
		/^\.It [^]*?there is\.\n/gm, '', /key list: no entry/),
	misuse('an entry without a command', 'docs/man/surguch.1',
		'.El', '.It Cm key Cm drop\nIt goes.\n.El', /no such command: KEY DROP/),
	misuse('an option of a command without an entry', 'src/cli/x.c',
		/(--max)( N\]|")/g, '--most$2', /no entry "KEY LIST.*--MOST N/),
	misuse('an option that its usage does not name', 'src/cli/x.c',
		'{"--max", &max, NULL}', '{"--max", NULL, &max}',
		/key list: its usage .* is not its table/),
	misuse('an option of a program that is not described',
		'docs/man/surguch.1', '.Fl \\-json\nis plain.', 'It is plain.',
		/--json is not described/),
	misuse('an option of a program that is not in the synopsis',
		'docs/man/surguch.1', '.Op Fl \\-json\n', '', /no synopsis/),
	misuse('an option that the synopsis has not', 'docs/man/surguch-x.8',
		'.Op Fl L\n', '', /-L \(switch, optional\): the synopsis has it not/),
	misuse('an option that the program has not', 'docs/man/surguch-x.8',
		'.Op Fl L\n', '.Op Fl Lq\n', /no option -q/),
	misuse('a needed option that the synopsis calls optional',
		'docs/man/surguch-x.8', '.Fl d Ar dir', '.Op Fl d Ar dir',
		/-d \(value, needed\): the synopsis has it as value, optional/),
	misuse('an option that nobody describes', 'docs/man/surguch-x.8',
		'.Fl L ,\n', '', /-L is not described/),
	misuse('a long option without a way', 'docs/man/surguch-x.8',
		'.Nm surguch-x\n.Fl -make-key\n', '', /--make-key/),
].map((p) => ({ gate: 'usage', check: usage.check, ...p }));

function api(paths) {
	return JSON.stringify({ openapi: '3.1.0',
		info: { title: 'x', version: '1' }, paths });
}
const GET = { responses: { 200: { description: 'x' } } };
const ROUTES = { 'src/api/x.c': `${TOP}{"GET", "/v1/x/{id}", f},\n` };
const OPENAPI = [
	{ fault: 'a route that nothing describes', files: {
		...ROUTES, [openapi.FILE]: api({}) },
	find: /not described: GET \/v1\/x\/\{id\}/ },
	{ fault: 'a description of no route', files: {
		...ROUTES, [openapi.FILE]: api({ '/v1/y': { get: GET } }) },
	find: /not served: GET \/v1\/y/ },
	{ fault: 'an undescribed parameter', files: {
		...ROUTES, [openapi.FILE]: api({ '/v1/x/{id}': { get: GET } }) },
	find: /parameter \{id\}/ },
	{ fault: 'no JSON', files: { ...ROUTES, [openapi.FILE]: '{' },
		find: /JSON/ },
	{ fault: 'a reference to nothing', files: { ...ROUTES,
		[openapi.FILE]: api({ '/v1/x/{id}': { get: { responses: {
			200: { $ref: '#/components/responses/gone' } } } } }) },
	find: /leads nowhere/ },
].map((p) => ({ gate: 'openapi', check: openapi.check, ...p }));

const DOCS = [
	{ fault: 'a link to nothing', files: {
		'docs/architecture.md': 'see [it](gone.md)\n`base`\n',
		'src/base/x.c': '' },
	find: /architecture\.md:1: a link to nothing: gone\.md/ },
	{ fault: 'a folder that nobody told of', files: {
		'docs/architecture.md': '`base`\n', 'src/novel/x.c': '' },
	find: /no word of src\/novel/ },
	{ fault: 'a program that nobody told of', files: {
		'docs/architecture.md': '`base`\n',
		'src/base/meson.build': "executable('surguch-novel', 'x.c')\n" },
	find: /no word of surguch-novel/ },
].map((p) => ({ gate: 'docs', check: docs.check, ...p }));

const TABLE = '| id | proved by |\n|---|---|\n| A1 | e2e/x |\n\n';
const proved = (entries) => (root) => requirements.check(root,
	new Map(entries.map(([id, test]) => [id, new Set([test])])));
const REQUIREMENTS = [
	{ fault: 'an id that no test proves', check: proved([]),
		find: /A1: no test proved it/ },
	{ fault: 'a proved id that is not listed',
		check: proved([['A1', 'e2e/x'], ['A2', 'e2e/x']]),
		find: /A2 is proved by e2e\/x and not listed/ },
	{ fault: 'an id listed with another test',
		check: proved([['A1', 'e2e/y']]), find: /listed: e2e\/x/ },
].map((p) => ({ gate: 'requirements',
	files: { 'docs/requirements.md': TABLE }, ...p }));

export const PLANTS = [...LAYERS, ...SOURCES, ...FORMAT, ...HEADERS, ...MAN,
	...USAGE, ...OPENAPI, ...DOCS, ...REQUIREMENTS];
