/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import ts from 'typescript';
import { sourceFileOf } from '../support/sourceFile';

/**
 * Who can reach the real service with a key of the environment: only what reads the key. So no test and
 * no other command does, even where the variable is set.
 */

const ROOT = join(__dirname, '..', '..');
const NAME = 'SILICONFLOW_API_KEY';
const ignored = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n');

/** All code of the repository, so that a folder that is new is covered as well. */
const files = readdirSync(ROOT, { withFileTypes: true })
	.filter((entry) => entry.isDirectory() && !/^\./.test(entry.name))
	.filter(({ name }) => !ignored.includes(name))
	.flatMap(({ name: folder }) =>
		readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
			join(folder, name),
		),
	)
	.filter((name) => /\.(ts|mjs|cjs|js)$/.test(name));

/** Whether the code takes the key out of an environment, other than to leave it out. */
function readsKey(source: ts.SourceFile): boolean {
	let isRead = false;
	const visit = (node: ts.Node) => {
		const { parent } = node;
		const isNamed = (ts.isIdentifier(node) || ts.isStringLiteral(node)) && node.text === NAME;
		if (
			isNamed &&
			(ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent))
		) {
			isRead ||= !ts.isDeleteExpression(parent.parent);
		}
		if (isNamed && ts.isBindingElement(parent)) isRead ||= parent.name.getText() !== '_key';
		ts.forEachChild(node, visit);
	};
	visit(source);
	return isRead;
}

it('The key is read by npm run live, and by npm run demo and npm start, which say that they bill', () => {
	const naming = files.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes(NAME));
	const readers = naming.filter((file) => readsKey(sourceFileOf(join(ROOT, file))));

	expect(files.length).toBeGreaterThan(200);
	expect(readers.map((file) => file.split(sep).join('/')).sort()).toStrictEqual([
		'harness/n8n/start.ts',
		'live/cli.ts',
		'scripts/demo.ts',
	]);
});

it('CI runs the demo without the key', () => {
	const text = readFileSync(join(ROOT, '.ci', 'run'), 'utf8');

	expect(text.indexOf(`unset ${NAME}`)).toBeGreaterThan(0);
	expect(text.indexOf(`unset ${NAME}`)).toBeLessThan(text.indexOf('step npm test'));
});

it.each([
	['const key = process.env.SILICONFLOW_API_KEY;', true],
	['const { SILICONFLOW_API_KEY: apiKey } = process.env;', true],
	["const key = process.env['SILICONFLOW_API_KEY'];", true],
	['const { SILICONFLOW_API_KEY: _key, ...env } = process.env;', false],
	['delete process.env.SILICONFLOW_API_KEY;', false],
	["const words = 'Set SILICONFLOW_API_KEY'; const env = { SILICONFLOW_API_KEY: 'sk-1' };", false],
])('%s reads the key: %s', (code, isReader) => {
	expect(readsKey(ts.createSourceFile('a.ts', code, ts.ScriptTarget.ES2022, true))).toBe(isReader);
});
