/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { rmSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { scripts } from '../../package.json';
import { Clone, until } from '../setup/clone';

/** When set-up installs and when it does not. No npm is on the path here; test/setup has the real one. */

const HIDDEN = 'node_modules/.package-lock.json';

let clone: Clone;
beforeEach(() => {
	clone = new Clone();
	clone.add('package-lock.json', '{}');
	clone.add(HIDDEN, '{}');
});
afterEach(() => clone.remove());

const start = (...nodeArgs: string[]) =>
	clone.start(process.execPath, [...nodeArgs, 'scripts/setup.mjs'], { PATH: clone.path('bin') });

async function setUp(...nodeArgs: string[]) {
	const { ended, printed } = start(...nodeArgs);
	const status = await ended;
	return { status, text: printed() };
}

const DONE = { status: 0, text: '' };
const TRIED = { status: 1, text: expect.stringMatching(/^Installing [^]*spawn npm ENOENT/) };

function setTimes(lockFile: number, hidden: number): void {
	utimesSync(clone.path('package-lock.json'), lockFile, lockFile);
	utimesSync(clone.path(HIDDEN), hidden, hidden);
}

it.each<[string, () => void]>([
	["npm's hidden lock file is missing", () => rmSync(clone.path(HIDDEN))],
	['node_modules is missing', () => rmSync(clone.path('node_modules'), { recursive: true })],
	['the lock file is newer', () => setTimes(1001, 1000)],
	['a package was half replaced', () => clone.add('node_modules/.eslint-KzedfjIo/a', '')],
	['a package of a scope was', () => clone.add('node_modules/@some/.part-E_wi6-Ys/a', '')],
])('Set-up installs when %s', async (_what, change) => {
	change();
	expect(await setUp()).toStrictEqual(TRIED);
	expect(clone.has('.setup-lock')).toBe(false);
});

it.each<[string, () => void]>([
	['the lock file is as old', () => setTimes(1000, 1000)],
	['the lock file is older', () => setTimes(1000, 1001)],
	['tools keep something in node_modules', () => keep('.bin', '.cache', '.vite-temp')],
	['a package has such a name', () => keep('a-12345678', '@some/a-12345678')],
])('Set-up does nothing when %s', async (_what, change) => {
	change();
	expect(await setUp()).toStrictEqual(DONE);
});

const keep = (...names: string[]) =>
	names.forEach((name) => clone.add(`node_modules/${name}/file`, ''));

describe('The lock of another command', () => {
	const lockBy = (pid: number, secondsAgo = 0) => {
		rmSync(clone.path(HIDDEN), { force: true });
		clone.add('.setup-lock', String(pid));
		const time = Date.now() / 1000 - secondsAgo;
		utimesSync(clone.path('.setup-lock'), time, time);
	};

	it('is waited for, and what that one has installed is enough', async () => {
		lockBy(process.pid);
		const { printed, ended } = start();
		await until(() => printed() !== '');
		expect(printed()).toBe(
			`Another command (process ${process.pid}) installs the dependencies; waiting for it. If there is none, delete ${clone.path('.setup-lock')}.\n`,
		);
		clone.add(HIDDEN, '{}');
		rmSync(clone.path('.setup-lock'));

		expect(await ended).toBe(0);
		expect(printed()).not.toContain('Installing');
	});

	it('does not keep the wait from being stopped', async () => {
		lockBy(process.pid);
		const { child, printed, ended } = start();
		await until(() => printed() !== '');
		child.kill('SIGINT');

		expect(await ended).toBe('SIGINT');
		expect(clone.has('.setup-lock')).toBe(true);
	});

	it('is taken over when its process is gone', async () => {
		const { child, ended } = start('--version');
		await ended;
		lockBy(child.pid!);

		expect(await setUp()).toStrictEqual(TRIED);
	});

	it('is taken over after an hour, when another program may have the id', async () => {
		lockBy(process.pid, 3590);
		const { printed, ended } = start();
		await until(() => printed() !== '');
		lockBy(process.pid, 3610);

		expect(await ended).toBe(1);
		expect(printed()).toMatch(/^Another command [^]*\nInstalling /);
	});
});

describe('Node', () => {
	const withNode = async (version: string) => {
		const versions = `{ ...process.versions, node: '${version}' }`;
		clone.add('version.cjs', `Object.defineProperty(process, 'versions', { value: ${versions} });`);
		return await setUp('--require', './version.cjs');
	};

	it.each(['18.20.8', '20.18.3'])('%s is too old', async (version) => {
		rmSync(dirname(clone.path(HIDDEN)), { recursive: true });
		expect(await withNode(version)).toStrictEqual({
			status: 1,
			text: `Node 20.19 or newer is required, but this is Node ${version}.\n`,
		});
	});

	it.each(['20.19.0', '24.0.0'])('%s is new enough', async (version) => {
		expect(await withNode(version)).toStrictEqual(DONE);
	});
});

it('Every npm script begins with it', () => {
	const others = Object.entries(scripts).filter(
		([, script]) => !script.startsWith('node scripts/setup.mjs'),
	);

	expect(Object.fromEntries(others)).toStrictEqual({
		// Imports it.
		start: 'node scripts/start.mjs',
		// n8n's own command line refuses to publish from here.
		prepublishOnly: 'n8n-node prerelease',
		// That refusal sends people here.
		release: `node -p "'docs/release.md says how to release.'"`,
	});
});
