/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../locations';
import { npm } from './npm';

export interface Tarball {
	file: string;
	/** Changes with any byte of the package. */
	digest: string;
	/** In bytes. */
	size: number;
	/** Paths of the packed files. */
	paths: string[];
}

interface Packed {
	filename: string;
	size: number;
	files: Array<{ path: string }>;
}

/**
 * Packs the built project as npm would publish it.
 *
 * @throws Error when a file that the manifest names is not packed, because the build is missing
 */
export async function packTarball(folder: string): Promise<Tarball> {
	const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
	const [{ filename, size, files }] = JSON.parse(await npm(args, { cwd: projectRoot })) as Packed[];
	const paths = files.map(({ path }) => path);
	const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
	const wanted: string[] = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
	const missing = wanted.filter((path) => !paths.includes(path));
	if (missing.length > 0) throw new Error(`Not in the tarball: ${missing.join(', ')}`);
	const file = join(folder, filename);
	const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
	return { file, digest, size, paths };
}

/** Packs the built project for a piece of work, and removes the tarball after it. */
export async function withTarball<T>(work: (tarball: Tarball) => Promise<T>): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), 'siliconflow-packed-'));
	try {
		return await work(await packTarball(folder));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
