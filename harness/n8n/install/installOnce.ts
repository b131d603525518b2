/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot, makeFolder } from '../../locations';
import { withLock } from '../../lock';
import { UserError } from '../../userError';

const GIGABYTE = 1e9;

export interface Installation {
	/** The folder name inside the cache, including the version. */
	name: string;
	/** Rough size on disk, for the progress line. */
	gigabytes: number;
	/** Free disk space needed to install, including npm's cache. */
	needsGigabytes: number;
	/** Fills the empty folder. `say` replaces what the progress lines say. */
	install: (folder: string, say: Say) => Promise<void>;
	/** Throws unless the folder holds a complete installation that runs. */
	check: (folder: string) => Promise<void>;
}

export type Say = (line: string) => void;

/**
 * Installs into the cache once and returns the folder. A stamp file, written last, marks a complete
 * installation, so an interrupted one starts over.
 */
export async function installOnce(installation: Installation, say: Say): Promise<string> {
	const folder = join(cacheRoot(), installation.name);
	const stamp = join(folder, '.complete');
	if (existsSync(stamp)) return folder;
	makeFolder(cacheRoot(), 'XDG_CACHE_HOME');
	await withLock(
		`${folder}.lock`,
		async () => {
			if (existsSync(stamp)) return;
			await fill(installation, folder, say);
			writeFileSync(stamp, '');
		},
		(holder) =>
			say(
				`Another command (process ${holder ?? 'unknown'}) is installing ${installation.name}; waiting for it.`,
			),
	);
	return folder;
}

async function fill(installation: Installation, folder: string, say: Say): Promise<void> {
	const { name, needsGigabytes, install, check } = installation;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const { bavail, bsize } = statfsSync(folder);
	const free = (bavail * bsize) / GIGABYTE;
	if (free < needsGigabytes) {
		throw new UserError(
			`Installing ${name} needs about ${needsGigabytes} GB, but ${cacheRoot()} has ${free.toFixed(1)} GB free. Free up disk space, or set XDG_CACHE_HOME to a folder on a larger disk.`,
		);
	}
	const progress = showProgress(installation, say);
	try {
		await install(folder, progress.say);
		progress.say('checking that it runs');
		await check(folder);
	} finally {
		progress.stop();
	}
	say(`${name} is installed in ${folder}.`);
}

/** npm prints nothing for minutes. */
function showProgress({ name, gigabytes }: Installation, say: Say) {
	const began = Date.now();
	say(`Installing ${name} into the cache (about ${gigabytes} GB, once, takes some minutes)...`);
	let step = 'npm is installing';
	const timer = setInterval(
		() => say(`  ${name}: ${Math.round((Date.now() - began) / 1000)} s, ${step}`),
		10_000,
	);
	return { say: (next: string) => void (step = next), stop: () => clearInterval(timer) };
}
