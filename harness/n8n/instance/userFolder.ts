/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	exampleNames,
	exampleText,
	withCredentials,
	type CredentialReference,
	type Example,
} from '../../examples';
import { dataRoot, makeFolder } from '../../locations';
import { holderOf, tryLock } from '../../lock';
import { UserError } from '../../userError';
import { npm } from '../install/npm';
import type { Tarball } from '../install/tarball';

/** What an n8n user folder holds: community packages, the owner and the workflows. */

/**
 * The n8n user folder of `npm start`, which this process alone uses from now on. Only its owner can
 * read it, because it holds the database and the images.
 *
 * @throws UserError when another process uses it, or it cannot be written to
 */
export function openDataFolder(): string {
	const folder = join(dataRoot(), 'n8n');
	makeFolder(folder, 'XDG_DATA_HOME');
	chmodSync(folder, 0o700);
	const lock = join(folder, 'start.lock');
	if (tryLock(lock)) return folder;
	throw new UserError(
		`npm start already runs with the data in ${folder} (process ${holderOf(lock) ?? 'unknown'}). Stop it first, or start with other data and any free port: XDG_DATA_HOME="$HOME/other-n8n" N8N_PORT=0 npm start`,
	);
}

/** The folder for community packages inside an n8n user folder. */
export const packagesFolder = (userFolder: string) => join(userFolder, '.n8n', 'nodes');

/**
 * Installs packages into an n8n user folder with the same npm command as n8n.
 *
 * @param packages files, or name@version
 */
export async function installPackages(userFolder: string, packages: string[]): Promise<void> {
	const folder = packagesFolder(userFolder);
	mkdirSync(folder, { recursive: true });
	const manifest = join(folder, 'package.json');
	if (!existsSync(manifest)) {
		writeFileSync(manifest, '{"name":"installed-nodes","private":true,"dependencies":{}}');
	}
	const args = ['install', '--prefix', folder, '--omit=peer', '--ignore-scripts'];
	await npm([...args, '--prefer-offline', ...packages], { cwd: folder });
}

/** Installs the project's tarball, unless exactly this tarball is already installed. */
export async function installTarball(
	userFolder: string,
	name: string,
	{ file, digest }: Tarball,
): Promise<'installed' | 'unchanged'> {
	const folder = packagesFolder(userFolder);
	const installed = join(folder, 'node_modules', name);
	const stamp = join(folder, `.${name}.sha256`);
	if (existsSync(installed) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) {
		return 'unchanged';
	}
	// npm skips a package whose name and version are unchanged. Other community packages stay.
	rmSync(installed, { recursive: true, force: true });
	rmSync(join(folder, 'package-lock.json'), { force: true });
	rmSync(join(folder, 'node_modules', '.package-lock.json'), { force: true });
	await installPackages(userFolder, [file]);
	writeFileSync(stamp, digest);
	return 'installed';
}

/** The user who logs in; created when n8n starts. */
export interface Owner {
	email: string;
	password: string;
}

/**
 * The login of a user folder. The password is random and kept in the folder, because any program on
 * this machine can reach n8n, which may hold a real API key.
 */
export function ownerOf(userFolder: string): Owner {
	const file = join(userFolder, 'owner.json');
	if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Owner;
	const password = `Try-${randomBytes(6).toString('hex')}`;
	const owner = { email: 'you@example.com', password };
	writeFileSync(file, JSON.stringify(owner), { mode: 0o600 });
	return owner;
}

/**
 * The example workflows that this user folder does not have yet, ready for import. An imported one
 * belongs to the user: if the example changes, the new one is imported beside it.
 */
export function newExamples(
	userFolder: string,
	credentials: readonly CredentialReference[],
): { workflows: Example[]; remember: () => void } {
	const record = join(userFolder, 'examples.json');
	const known: Record<string, string> = existsSync(record)
		? JSON.parse(readFileSync(record, 'utf8'))
		: {};
	const fresh = exampleNames()
		.map((name) => ({ name, text: exampleText(name) }))
		.map(({ name, text }) => ({ name, text, digest: digestOf(text) }))
		.filter(({ name, digest }) => known[name] !== digest);
	return {
		workflows: fresh.map(({ name, text }) => ({
			...withCredentials(JSON.parse(text) as Example, credentials),
			// An id of its own, because n8n replaces a workflow that has the same id.
			id: digestOf(known[name] === undefined ? name : name + text).slice(0, 16),
		})),
		remember() {
			for (const { name, digest } of fresh) known[name] = digest;
			writeFileSync(record, JSON.stringify(known));
		},
	};
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
