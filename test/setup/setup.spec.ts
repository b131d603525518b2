/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { rmSync } from 'node:fs';
import { Clone } from './clone';

/** The set-up that every npm script runs first. */

let clone: Clone;
let installed: Clone;
beforeAll(async () => {
	installed = new Clone();
	await installed.run();
});
beforeEach(() => (clone = new Clone()));
afterEach(() => clone.remove());
afterAll(() => installed.remove());

/** Makes the clone one that has been set up. */
function setUp(): void {
	clone.remove();
	clone = new Clone(installed);
}

it('installs once, with the locked versions and no install scripts', async () => {
	expect(await clone.run()).toStrictEqual({
		status: 0,
		text: expect.stringMatching(/^Installing the development dependencies/),
	});
	const [{ args }] = clone.installs();
	expect(args).toEqual(
		expect.arrayContaining(['--no-save', '--ignore-scripts', '--package-lock=true']),
	);
	const { length } = clone.calls();

	expect(await clone.run()).toStrictEqual({ status: 0, text: '' });
	expect(clone.calls()).toHaveLength(length);
});

it('installs again when the lock file has changed, into the folder that is there', async () => {
	setUp();
	clone.add('package-lock.json', '{"changed":true}');

	expect((await clone.run()).status).toBe(0);
	expect(clone.installs().map(({ wasThere }) => wasThere)).toStrictEqual([false, true]);
});

it('installs what npm has in its cache, and asks the registry again when that is too old', async () => {
	const isFromCache = () => clone.installs().map(({ args }) => args.includes('--prefer-offline'));
	expect((await clone.run('stale')).status).toBe(0);
	expect(isFromCache()).toStrictEqual([true, false]);

	clone.add('package-lock.json', '{"changed":true}');
	expect((await clone.run()).status).toBe(0);
	expect(isFromCache()).toStrictEqual([true, false, true]);
});

it('does not pass the API key on to npm', async () => {
	await clone.run('install', { SILICONFLOW_API_KEY: 'sk-secret' });

	expect(clone.calls().map(({ key }) => key)).toStrictEqual([undefined, undefined]);
});

describe('Production settings', () => {
	it('do not leave out the tools', async () => {
		expect((await clone.run('install', { NODE_ENV: 'production' })).status).toBe(0);
		expect(clone.has('node_modules', 'gulp')).toBe(true);
		expect(clone.installs()[0].args).toEqual(
			expect.arrayContaining(['--include=dev', '--include=optional', '--include=peer']),
		);
	});

	it('or others that leave something out are named, and the next command installs again', async () => {
		const { status, text } = await clone.run('forget');

		expect(status).toBe(1);
		expect(text).toContain('node_modules/.bin/gulp is missing');
		expect((await clone.run()).status).toBe(0);
		expect(clone.has('node_modules', '.bin', 'gulp')).toBe(true);
	});
});

describe('A node_modules folder that is half deleted', () => {
	it.each([
		['a package', ['some', 'package.json']],
		['the commands', ['.bin']],
		["npm's own list", ['.package-lock.json']],
	])('is replaced: %s', async (_name, path) => {
		setUp();
		rmSync(clone.path('node_modules', ...path), { recursive: true });

		expect((await clone.run()).status).toBe(0);
		expect(clone.has('node_modules', ...path)).toBe(true);
		expect(clone.installs().map(({ wasThere }) => wasThere)).toStrictEqual([false, false]);
	});
});

describe('A failure says what to do:', () => {
	it.each([
		['fail npm error code ENOSPC', 'The disk is full.'],
		['fail npm error network getaddrinfo ENOTFOUND registry.example', 'the npm registry'],
		[
			"fail npm error EACCES: permission denied, mkdir '/somewhere/x'",
			'may not write to /somewhere/x',
		],
		['fail npm error something else', 'npm ended with status 1'],
	])('%s', async (behavior, reason) => {
		const { status, text } = await clone.run(behavior);

		expect(status).toBe(1);
		expect(text).toContain(behavior.slice('fail '.length));
		expect(text).toContain(reason);
		expect(clone.has('.setup-lock')).toBe(false);
	});

	it('a registry out of reach, before npm tries for minutes', async () => {
		const { status, text } = await clone.run('unreachable npm error code EAI_AGAIN');

		expect(status).toBe(1);
		expect(text).toContain('Cannot reach the npm registry.');
		expect(clone.installs()).toStrictEqual([]);
	});
});

describe('The version of Node', () => {
	const withNode = async (version: string) => {
		const versions = `{ ...process.versions, node: '${version}' }`;
		clone.add('version.cjs', `Object.defineProperty(process, 'versions', { value: ${versions} });`);
		return await clone.run('install', {}, ['--require', clone.path('version.cjs')]);
	};

	it.each(['18.20.8', '20.18.3'])('%s is too old', async (version) => {
		const { status, text } = await withNode(version);

		expect(status).toBe(1);
		expect(text).toBe(`Node 20.19 or newer is required, but this is Node ${version}.\n`);
		expect(clone.calls()).toStrictEqual([]);
	});

	it.each(['20.19.0', '24.0.0'])('%s is new enough', async (version) => {
		expect((await withNode(version)).status).toBe(0);
	});
});
