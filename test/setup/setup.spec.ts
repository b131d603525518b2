/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { once } from 'node:events';
import { rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Clone, isAlive, until } from './clone';
import { startRegistry, type Registry } from './registry';

/** The set-up that every npm script runs first, with the real npm and a registry on loopback. */

const HIDDEN = ['node_modules', '.package-lock.json'];
const PACKAGES = { tool: '1.0.0', '@some/part': '1.0.0' };

let registry: Registry;
let fresh: Clone;
let installed: Clone;
let clone: Clone;

beforeAll(async () => {
	registry = await startRegistry();
	fresh = clone = new Clone();
	fresh.add('package.json', JSON.stringify({ name: 'clone', devDependencies: PACKAGES }));
	fresh.add('.npmrc', 'omit-lockfile-registry-resolved=true');
	const { ended } = fresh.start('npm', ['install', '--package-lock-only'], settings());
	expect(await ended).toBe(0);
	installed = clone = new Clone(fresh);
	expect((await setUp()).status).toBe(0);
});
beforeEach(() => {
	clone = new Clone(fresh);
	registry.reset();
});
afterEach(() => {
	registry.release();
	clone.remove();
});
afterAll(async () => {
	await registry.close();
	for (const folder of [fresh, installed]) folder.remove();
});

const settings = (): NodeJS.ProcessEnv => ({
	npm_config_registry: registry.origin,
	npm_config_cache: clone.path('npm'),
	npm_config_fetch_retries: '0',
	npm_config_update_notifier: 'false',
});

const startSetUp = (env: NodeJS.ProcessEnv = {}, nodeArgs: string[] = []) =>
	clone.start(process.execPath, [...nodeArgs, 'scripts/setup.mjs'], { ...settings(), ...env });

async function setUp(...args: Parameters<typeof startSetUp>) {
	const command = startSetUp(...args);
	const status = await command.ended;
	return { status, text: command.printed() };
}

/** Makes the clone one that has been set up. */
function useInstalled(): void {
	clone.remove();
	clone = new Clone(installed);
}

const isInstalled = () =>
	Object.entries(PACKAGES).every(([name, version]) => {
		const manifest = join('node_modules', name, 'package.json');
		return clone.has(manifest) && clone.read(manifest).includes(version);
	});

describe('In a fresh clone', () => {
	it('it installs the locked packages, without their install scripts', async () => {
		const before = clone.read('package-lock.json');
		const { status, text } = await setUp();

		expect({ status, text }).toMatchObject({ status: 0 });
		expect(text).toMatch(/^Installing the development dependencies/);
		expect(isInstalled()).toBe(true);
		expect(clone.has('node_modules', 'tool', 'script-ran')).toBe(false);
		expect(clone.read('package-lock.json')).toBe(before);
		expect(clone.has('.setup-lock')).toBe(false);
	});

	it.each([
		['production', { NODE_ENV: 'production' }],
		['omitting dependencies', { npm_config_omit: 'dev' }],
		['a dry run, as npm pack --dry-run passes it on', { npm_config_dry_run: 'true' }],
		['asking nothing', { npm_config_yes: 'false' }],
	])('it installs them with settings for %s', async (_what, env) => {
		expect(await setUp(env)).toMatchObject({ status: 0 });
		expect(isInstalled()).toBe(true);
	});

	it('it does not pass the API key on to npm', async () => {
		const { host } = new URL(registry.origin);
		clone.add('.npmrc', `//${host}/:_authToken=\${SILICONFLOW_API_KEY}\${OTHER}`);
		await setUp({ SILICONFLOW_API_KEY: 'sk-secret', OTHER: 'other' });

		const sent = registry.asked.map(({ authorization }) => authorization);
		expect(new Set(sent)).toStrictEqual(new Set(['Bearer ${SILICONFLOW_API_KEY}other']));
	});
});

describe('In a clone that is set up', () => {
	beforeEach(useInstalled);
	const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
	const setTimes = (lockFile: Date, hidden: Date) => {
		utimesSync(clone.path('package-lock.json'), lockFile, lockFile);
		utimesSync(clone.path(...HIDDEN), hidden, hidden);
	};

	it('it does nothing and says nothing', async () => {
		expect(await setUp()).toStrictEqual({ status: 0, text: '' });
		expect(registry.asked).toStrictEqual([]);
	});

	it.each([
		['the lock file is newer', () => setTimes(minutesAgo(1), minutesAgo(2))],
		["npm's hidden lock file is missing", () => rmSync(clone.path(...HIDDEN))],
		['the lock file is of tomorrow', () => setTimes(minutesAgo(-1440), minutesAgo(0))],
	])('it installs once when %s', async (_what, change) => {
		change();
		rmSync(clone.path('node_modules', 'tool'), { recursive: true });

		expect((await setUp()).text).toContain('Installing');
		expect(isInstalled()).toBe(true);
		expect(await setUp()).toStrictEqual({ status: 0, text: '' });
	});

	it.each(Object.keys(PACKAGES))(
		'it mends what an npm install of %s has left that was killed',
		async (name) => {
			registry.hold();
			const { child, ended } = clone.start('npm', ['install', `${name}@2.0.0`], settings());
			await until(() => registry.held() > 0);
			child.kill('SIGKILL');
			await ended;
			expect(isInstalled()).toBe(false);
			expect(clone.has(...HIDDEN)).toBe(true);

			registry.reset();
			expect((await setUp()).status).toBe(0);
			expect(isInstalled()).toBe(true);
		},
	);
});

describe('An installation that is stopped', () => {
	beforeEach(() => registry.hold());
	const npmOf = () => Number(clone.read('.setup-lock'));

	it.each([
		['SIGINT', 130],
		['SIGTERM', 143],
		['SIGHUP', 129],
	] as const)('by %s ends npm, and the next command installs', async (signal, status) => {
		const { child, ended } = startSetUp();
		await until(() => registry.held() > 0);
		const npm = npmOf();
		expect(npm).not.toBe(child.pid);
		child.kill(signal);

		expect(await ended).toBe(status);
		expect(isAlive(npm)).toBe(false);
		expect(clone.has('.setup-lock')).toBe(false);
		registry.release();
		expect((await setUp()).status).toBe(0);
		expect(isInstalled()).toBe(true);
	});

	it('by the end of npm says so, and the next command installs', async () => {
		const { ended, printed } = startSetUp();
		await until(() => registry.held() > 0);
		process.kill(npmOf(), 'SIGKILL');

		expect(await ended).toBe(1);
		expect(printed()).toContain('npm ci did not install the development dependencies (SIGKILL)');
		registry.release();
		expect((await setUp()).status).toBe(0);
		expect(isInstalled()).toBe(true);
	});

	it('by the end of set-up alone goes on, and the next command waits for npm', async () => {
		const { child } = startSetUp();
		await until(() => registry.held() > 0);
		const npm = npmOf();
		child.kill('SIGKILL');
		await once(child, 'exit');
		const next = startSetUp();
		await until(() => next.printed().includes(`Another command (process ${npm}) installs`));
		registry.release();

		expect(await next.ended).toBe(0);
		expect(isInstalled()).toBe(true);
		expect(next.printed()).not.toContain('Installing');
	});
});

describe('A second command in the same clone', () => {
	it('says whom it waits for, and installs nothing', async () => {
		registry.hold();
		const first = startSetUp();
		await until(() => registry.held() > 0);
		const second = startSetUp();
		const waiting = `Another command (process ${clone.read('.setup-lock')}) installs`;
		await until(() => second.printed().includes(waiting));
		expect(second.child.exitCode).toBeNull();
		registry.release();

		expect(await Promise.all([first.ended, second.ended])).toStrictEqual([0, 0]);
		expect(second.printed()).not.toContain('Installing');
		expect(isInstalled()).toBe(true);
	});
});

describe("A failure shows npm's words and says what to do:", () => {
	const ADVICE = 'check the network, the proxy and npm config ls';

	it('a registry out of reach', async () => {
		const { status, text } = await setUp({ npm_config_registry: 'http://127.0.0.1:9' });

		expect(status).toBe(1);
		expect(text).toContain('ECONNREFUSED');
		expect(text).toContain(ADVICE);
		expect(clone.has('.setup-lock')).toBe(false);
	});

	it('settings with which npm installs nothing', async () => {
		const { status, text } = await setUp({ npm_config_package_lock_only: 'true' });

		expect(status).toBe(1);
		expect(text).toContain('npm ci did not install the development dependencies (0)');
		expect(text).toContain(ADVICE);
	});

	it('a lock file that does not belong to the manifest', async () => {
		const dependencies = { ...PACKAGES, tool: '2.0.0' };
		clone.add('package.json', JSON.stringify({ name: 'clone', devDependencies: dependencies }));
		const { status, text } = await setUp();

		expect(status).toBe(1);
		expect(text).toContain('are in sync');
		expect(text).toContain(ADVICE);
		expect((await setUp()).status).toBe(1);
	});
});
