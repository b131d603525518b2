/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../locations';
import { npm } from './npm';

export interface Tarball {
	file: string;
	/** Changes with any byte of the package. */
	digest: string;
}

interface Packed {
	filename: string;
	files: Array<{ path: string }>;
}

/**
 * Packs the built project as for publishing.
 *
 * @throws Error when the manifest names a file that was not packed, so when the build is missing
 */
export async function packTarball(folder: string): Promise<Tarball> {
	const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
	const [{ filename, files }] = JSON.parse(await npm(words, { cwd: projectRoot })) as Packed[];
	const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
	const wanted: string[] = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
	const missing = wanted.filter((path) => !files.some((packed) => packed.path === path));
	if (missing.length > 0) throw new Error(`Not in the tarball: ${missing.join(', ')}`);
	const file = join(folder, filename);
	return { file, digest: createHash('sha256').update(readFileSync(file)).digest('hex') };
}
