/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAPERS = ['LICENSE', 'README.md', 'package.json'];

interface Manifest {
	dependencies?: object;
	n8n: { nodes: string[]; credentials: string[] };
}

/**
 * Whether the tarball holds what users need and nothing else.
 *
 * @param root folder of the project
 * @param paths paths of the packed files, relative to the package
 * @returns what is wrong, one sentence each
 */
export function checkContents(root: string, paths: readonly string[]): string[] {
	const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
	const { nodes, credentials } = manifest.n8n;
	const problems = [...PAPERS, ...nodes, ...credentials]
		.filter((path) => !paths.includes(path))
		.map((path) => `${path} is not in the tarball.`);
	for (const path of paths.filter((name) => !PAPERS.includes(name))) {
		const isBuilt = /^dist\/(nodes|credentials)\/.+\.(js|json|svg)$/.test(path);
		if (!isBuilt || /test|simulator/i.test(path)) problems.push(`${path} is for nobody's use.`);
	}
	if (manifest.dependencies !== undefined) problems.push('package.json has dependencies.');
	return problems;
}
