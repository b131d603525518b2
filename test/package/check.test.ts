import { scripts } from '../../package.json';
import { commandOf, LANES, runLanes, SUITES } from '../../scripts/check';
import { problemsIn } from '../../scripts/lint';
import { until } from '../support/until';

/** `npm run check` runs every check to its end and fails when one fails. */

const ended = { isPassed: true, text: 'what it printed' };

it('runs what the npm scripts run, without their set-up and build', () => {
	const commands = [...LANES.flat(), ...SUITES].map((script) => commandOf(script, scripts));

	expect(commands).toStrictEqual([
		'tsx scripts/lint.ts && prettier --check --cache --cache-strategy content .',
		'tsc -p test/tsconfig.json',
		'tsx scripts/docs.ts --check',
		'tsx scripts/scan.ts',
		'jest',
		'jest -c test/setup/jest.config.js',
	]);
	expect(scripts.check).toBe('node scripts/setup.mjs && gulp build && tsx scripts/check.ts');
});

it('refuses a script that does not begin with the set-up', () => {
	expect(() => commandOf('start', scripts)).toThrow('No npm script start');
});

it('prints what a failed check printed, and runs the others nevertheless', async () => {
	const printed: string[] = [];
	const run = async (check: string) => ({ ...ended, isPassed: check !== 'b' });
	const failed = await runLanes([['a'], ['b', 'c']], run, (text) => printed.push(text));

	expect(failed).toStrictEqual(['b']);
	expect([...printed].sort()).toStrictEqual([
		'FAILED: b (0 s)',
		'passed: a (0 s)',
		'passed: c (0 s)',
		'what it printed',
	]);
});

it('runs the lanes side by side', async () => {
	const begun: string[] = [];
	const isTold = new Map<string, () => void>();
	const run = async (check: string) => {
		begun.push(check);
		await new Promise<void>((resolve) => isTold.set(check, resolve));
		return ended;
	};
	const running = runLanes([['a'], ['b', 'c']], run, () => {});
	await Promise.resolve();
	expect(begun).toStrictEqual(['a', 'b']);

	isTold.get('b')!();
	await until(() => begun.length === 3);
	expect(begun).toStrictEqual(['a', 'b', 'c']);
	for (const check of ['a', 'c']) isTold.get(check)!();
	expect(await running).toStrictEqual([]);
});

it.each([
	[
		'\u001b[33m\u001b[1m✖ 1 problem (0 errors, 1 warning)\u001b[22m\n',
		'✖ 1 problem (0 errors, 1 warning)',
	],
	['x.ts\n✖ 3 problems (2 errors, 1 warning)\n\n', '✖ 3 problems (2 errors, 1 warning)'],
	['┌   n8n-node lint  v0.48.3\n', undefined],
])('a lint that prints %j has problems: %j', (output, problems) => {
	expect(problemsIn(output)).toBe(problems);
});
