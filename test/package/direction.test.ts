/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { projects } from '../../jest.config';
import { importsOf } from './imports';

/**
 * The data goes one way, so a reader never has to go back: description -> input -> execution ->
 * transport, on the ground of contract. Imports go one way as well, and nothing runs back up:
 * execution imports input, whose jobs it carries out, and both import transport.
 */

const ROOT = join(__dirname, '..', '..');

/** The folders that a folder may import from, besides itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
	node: ['execution', 'description', 'methods'],
	execution: ['input', 'transport', 'contract'],
	input: ['description', 'transport', 'contract'],
	methods: ['description', 'transport', 'contract'],
	description: ['contract'],
	transport: ['contract'],
	contract: [],
	credentials: [],
	simulator: ['simulator/drawing', 'simulator/http'],
	'simulator/drawing': [],
	'simulator/http': [],
	'simulator/chat': [],
	harness: [],
	'harness/simulatedTime': ['execution', 'transport'],
	'harness/engine': ['harness'],
	'harness/n8n': [
		'harness/n8n/instance',
		'harness/n8n/process',
		'harness/n8n/install',
		'harness',
		'simulator',
		'simulator/chat',
	],
	'harness/n8n/instance': ['harness/n8n/install', 'harness/n8n/process', 'harness'],
	'harness/n8n/install': ['harness/n8n/process', 'harness'],
	'harness/n8n/process': ['harness'],
	'harness/release': ['harness/n8n/install', 'harness/n8n/process', 'harness'],
	scripts: [
		'harness',
		'harness/engine',
		'harness/release',
		'harness/n8n',
		'harness/n8n/install',
		'harness/n8n/process',
		'simulator',
		'node',
		'description',
		'contract',
	],
	live: ['harness', 'transport', 'contract'],
	bench: [
		'contract',
		'execution',
		'harness',
		'harness/engine',
		'harness/simulatedTime',
		'simulator',
		'transport',
	],
};

/** The folders that are shipped. Their packages must come with n8n. The rest is for development. */
const SHIPPED = [
	'node',
	'execution',
	'input',
	'methods',
	'description',
	'transport',
	'contract',
	'credentials',
];

const filesIn = (...folders: string[]) =>
	folders
		.flatMap((folder) =>
			readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
				join(ROOT, folder, name),
			),
		)
		.filter((name) => /\.(ts|mjs|cjs|js)$/.test(name));

const files = filesIn('nodes', 'credentials', 'simulator', 'harness', 'scripts', 'bench', 'live');

const nameOf = (file: string) => relative(ROOT, file).split(sep).join('/');

/** The innermost folder of a file that has an entry above. */
function folderOf(path: string): string {
	const inNode = /^nodes\/SiliconFlowImage\/(?:([^/]+)\/|SiliconFlowImage\.node)/.exec(path);
	if (inNode) return inNode[1] ?? 'node';
	const folders = path.split('/').slice(0, -1);
	for (let depth = folders.length; depth > 0; depth--) {
		const folder = folders.slice(0, depth).join('/');
		if (folder in ALLOWED) return folder;
	}
	return `outside: ${path}`;
}

/** The file that an import path without an extension refers to. */
function fileOf(target: string): string {
	const names = files.map(nameOf);
	const endings = ['', '.ts', '.js', '.mjs', '/index.ts'];
	return endings.map((ending) => target + ending).find((name) => names.includes(name)) ?? target;
}

const everyImport = files.flatMap((file) =>
	importsOf(ROOT, file).map((found) => ({
		file: nameOf(file),
		folder: folderOf(nameOf(file)),
		...found,
	})),
);
const own = everyImport
	.filter(({ name }) => name.startsWith('.'))
	.map(({ file, folder, target }) => ({ file, folder, target: fileOf(target) }));
const imports = everyImport.filter(({ folder }) => SHIPPED.includes(folder));

it('Every folder is covered', () => {
	expect([...new Set(files.map(nameOf).map(folderOf))].sort()).toStrictEqual(
		Object.keys(ALLOWED).sort(),
	);
});

it('Imports go one way', () => {
	const wrong = own
		.map(({ file, folder, target }) => ({ file, folder, to: folderOf(target) }))
		.filter(({ folder, to }) => to !== folder && !ALLOWED[folder].includes(to));

	expect(wrong).toStrictEqual([]);
});

it('There are no circular imports', () => {
	const next = new Map<string, string[]>();
	for (const { file, target } of own) next.set(file, [...(next.get(file) ?? []), target]);
	const circles: string[][] = [];
	const done = new Set<string>();
	const visit = (file: string, path: readonly string[]) => {
		const at = path.indexOf(file);
		if (at >= 0) circles.push([...path.slice(at), file]);
		if (at >= 0 || done.has(file)) return;
		for (const target of next.get(file) ?? []) visit(target, [...path, file]);
		done.add(file);
	};
	for (const file of next.keys()) visit(file, []);

	expect(circles).toStrictEqual([]);
});

it("The shipped code imports no packages but n8n-workflow, zod and Node's crypto", () => {
	const packages = imports.filter(({ name }) => !name.startsWith('.'));

	expect([...new Set(packages.map(({ name }) => name))].sort()).toStrictEqual([
		'crypto',
		'n8n-workflow',
		'zod',
	]);
});

it('The contract imports only zod at run time, and no other folder imports zod', () => {
	const atRunTime = imports.filter(({ name, typesOnly }) => !name.startsWith('.') && !typesOnly);
	const inContract = atRunTime
		.filter(({ folder }) => folder === 'contract')
		.map(({ name }) => name);

	expect(new Set(inContract)).toStrictEqual(new Set(['zod']));
	expect(
		imports.filter(({ name, folder }) => name === 'zod' && folder !== 'contract'),
	).toStrictEqual([]);
});

it('Exceptions are made in one place each, which guards their messages', () => {
	const made = files
		.filter((file) => SHIPPED.includes(folderOf(nameOf(file))))
		.flatMap((file) => {
			const found = readFileSync(file, 'utf8').match(/new Node\w*Error\b/g) ?? [];
			return found.map((name) => `${nameOf(file)}: ${name}`);
		});

	expect(made.sort()).toStrictEqual([
		'nodes/SiliconFlowImage/execution/errors.ts: new NodeApiError',
		'nodes/SiliconFlowImage/input/refusal.ts: new NodeOperationError',
	]);
});

it("The tests of the project unit do not load n8n's engine", () => {
	const known = [...files, ...filesIn('test')].map(nameOf);
	const seen = new Set<string>();
	const loads: string[] = [];
	const visit = (file: string) => {
		if (seen.has(file)) return;
		seen.add(file);
		for (const { target, typesOnly } of importsOf(ROOT, join(ROOT, file))) {
			if (target === 'n8n-core') loads.push(file);
			const next = ['.ts', '.js', '/index.ts'].map((ending) => target + ending);
			if (!typesOnly) next.filter((name) => known.includes(name)).forEach(visit);
		}
	};
	const [{ displayName, testMatch }] = projects;
	const folders = testMatch.map((pattern) => pattern.slice('<rootDir>/'.length).split('*')[0]);
	const isUnit = (name: string) => folders.some((folder) => name.startsWith(folder));
	known.filter((name) => isUnit(name) && name.endsWith('.test.ts')).forEach(visit);

	expect(displayName).toBe('unit');
	expect(seen.size).toBeGreaterThan(100);
	expect(loads).toStrictEqual([]);
});

it('Every kind of import is found', () => {
	const folder = mkdtempSync(join(tmpdir(), 'imports-'));
	const file = join(folder, 'sample.ts');
	writeFileSync(
		file,
		`import a from 'a'; import type { B } from 'b'; import { type C } from 'c'; import 'd';
		export * from './e'; export type { F } from '../f'; import g = require('g');
		const h = require('h'); const i = await import('i'); let j: import('j').J;
		const text = "import k from 'k'"; // import l from 'l'`,
	);
	const found = importsOf(folder, file);
	rmSync(folder, { recursive: true });

	expect(found.map(({ target, typesOnly }) => [target, typesOnly])).toStrictEqual([
		['a', false],
		['b', true],
		['c', true],
		['d', false],
		['e', false],
		['../f', true],
		['g', false],
		['h', false],
		['i', false],
		['j', true],
	]);
});
