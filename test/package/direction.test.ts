/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { importsOf } from './imports';

/**
 * The way of the data is one-way, and so are the imports: node -> operations -> description,
 * contract, transport. A reader never has to go back.
 */

const ROOT = join(__dirname, '..', '..');

/** Which rooms a room may import from, besides itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
	node: ['operations', 'description', 'methods'],
	operations: ['description', 'contract', 'transport'],
	methods: ['contract', 'description', 'transport'],
	description: ['contract'],
	transport: ['contract'],
	contract: [],
	credentials: [],
};

const files = ['nodes', 'credentials']
	.flatMap((folder) =>
		readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
			join(ROOT, folder, name),
		),
	)
	.filter((name) => name.endsWith('.ts'));

const nameOf = (file: string) => relative(ROOT, file).split(sep).join('/');

/** The room of a file, by its path from the root. */
function roomOf(path: string): string {
	if (path.startsWith('credentials/')) return 'credentials';
	const [, room] = /^nodes\/SiliconFlowImage\/([^/.]+)(\/|$)/.exec(path) ?? [];
	if (room !== undefined) return room;
	return /^nodes\/SiliconFlowImage\/SiliconFlowImage\.node/.test(path)
		? 'node'
		: `outside: ${path}`;
}

const imports = files.flatMap((file) =>
	importsOf(ROOT, file).map((found) => ({
		file: nameOf(file),
		room: roomOf(nameOf(file)),
		...found,
	})),
);

it('The imports of all rooms are looked at', () => {
	expect([...new Set(imports.map(({ room }) => room))].sort()).toStrictEqual(
		Object.keys(ALLOWED).sort(),
	);
});

it('Imports go one way', () => {
	const wrong = imports
		.filter(({ name }) => name.startsWith('.'))
		.map(({ file, room, target }) => ({ file, room, to: roomOf(target) }))
		.filter(({ room, to }) => to !== room && !ALLOWED[room].includes(to));

	expect(wrong).toStrictEqual([]);
});

it('Nothing but n8n-workflow and zod is taken from elsewhere', () => {
	const packages = imports.filter(({ name }) => !name.startsWith('.'));

	expect([...new Set(packages.map(({ name }) => name))].sort()).toStrictEqual([
		'n8n-workflow',
		'zod',
	]);
});

it('The contract needs zod alone at run time, and no other room needs zod', () => {
	const atRunTime = imports.filter(({ name, typesOnly }) => !name.startsWith('.') && !typesOnly);
	const inContract = atRunTime.filter(({ room }) => room === 'contract').map(({ name }) => name);

	expect(new Set(inContract)).toStrictEqual(new Set(['zod']));
	expect(imports.filter(({ name, room }) => name === 'zod' && room !== 'contract')).toStrictEqual(
		[],
	);
});

it('No way of importing is overlooked', () => {
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
