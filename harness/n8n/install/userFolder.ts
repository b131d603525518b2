/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm';
import type { Tarball } from './tarball';

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
