/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { existsSync } from 'node:fs';
import { cacheRoot, makeFolder } from '../../locations';
import { withLock } from '../../lock';
import { UserError } from '../../userError';
import { run } from '../process/processes';
import type { Say } from './installOnce';

/** The Debian packages that the test suites need, each with a path that exists once it is installed. */
export const DEBIAN_PACKAGES = {
	chromium: '/usr/bin/chromium',
	gifsicle: '/usr/bin/gifsicle',
	graphicsmagick: '/usr/bin/gm',
	'redis-server': '/usr/bin/redis-server',
	postgresql: '/usr/lib/postgresql',
} as const;

export type DebianPackage = keyof typeof DEBIAN_PACKAGES;

/**
 * Requires the Debian packages. In CI as root, where nobody can be asked, it installs them.
 *
 * @throws UserError with the command to run when packages are missing
 */
export async function requireDebianPackages(names: DebianPackage[], say: Say): Promise<void> {
	const missing = () => names.filter((name) => !existsSync(DEBIAN_PACKAGES[name]));
	if (missing().length === 0) return;
	const command = `apt-get install --no-install-recommends ${missing().join(' ')}`;
	if (process.getuid?.() !== 0 || !process.env.CI) {
		throw new UserError(
			`Packages are missing. Run as root: ${command}\nAs root with CI=true in the environment, this command installs them itself.`,
		);
	}
	makeFolder(cacheRoot(), 'XDG_CACHE_HOME');
	await withLock(`${cacheRoot()}/apt.lock`, async () => {
		if (missing().length === 0) return;
		say(`Installing from Debian: ${missing().join(', ')}...`);
		// An installation that was interrupted has to be finished first; otherwise this does nothing.
		await runDebian('dpkg', ['--configure', '-a']);
		await apt(['update', '-q']);
		await apt(['install', '-q', '-y', '--no-install-recommends', ...missing()]);
	});
}

async function apt(args: string[]): Promise<void> {
	await runDebian('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args]);
}

async function runDebian(command: string, args: string[]): Promise<void> {
	const env = { DEBIAN_FRONTEND: 'noninteractive' };
	const { status, stderr } = await run(command, args, { env });
	if (status !== 0) {
		throw new UserError(`${[command, ...args].join(' ')} failed:\n${stderr.slice(-2000)}`);
	}
}
