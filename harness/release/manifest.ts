/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A manifest or a lock file. */
interface Manifest {
	version: string;
	packages?: Record<string, { version?: string }>;
	dependencies?: object;
	n8n: { nodes: string[]; credentials: string[] };
}

const PAPERS = ['LICENSE', 'README.md', 'package.json'];

const readJson = (root: string, name: string) =>
	JSON.parse(readFileSync(join(root, name), 'utf8')) as Manifest;

/**
 * Whether manifest, lock file, changelog and tag agree about the version.
 *
 * @param root folder of the project
 * @param isPublished whether the package is published now, so that all changes must have a version
 * @param tag name of the git tag that is published; undefined before there is one
 * @returns what is wrong, one sentence each
 */
export function checkVersion(root: string, isPublished: boolean, tag?: string): string[] {
	const { version } = readJson(root, 'package.json');
	const lock = readJson(root, 'package-lock.json');
	const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
	const headings = [...changelog.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
	const isUnreleased = (heading = '') => /unreleased/i.test(heading);
	const released = isUnreleased(headings[0]) ? headings.slice(1) : headings;
	const latest = /^\[(\S+)\] - (\d{4}-\d{2}-\d{2})$/.exec(released[0] ?? '');
	const problems: string[] = [];
	if (!/^\d+\.\d+\.\d+$/.test(version)) problems.push(`"${version}" is not a version to publish.`);
	for (const locked of [lock.version, lock.packages?.['']?.version]) {
		if (locked !== version) {
			problems.push(`package-lock.json says ${locked}, but package.json says ${version}.`);
		}
	}
	if (isPublished && released !== headings) {
		problems.push('CHANGELOG.md has an Unreleased section. Give it the version and the date.');
	} else if (released.some(isUnreleased)) {
		problems.push('The Unreleased section of CHANGELOG.md must be the first.');
	} else if (latest === null) {
		problems.push('The first version of CHANGELOG.md must look like "## [1.0.0] - 2026-12-31".');
	} else if (latest[1] !== version) {
		problems.push(`CHANGELOG.md begins with ${latest[1]}, but package.json says ${version}.`);
	} else if (Number.isNaN(Date.parse(latest[2]))) {
		problems.push(`${latest[2]} in CHANGELOG.md is no date.`);
	}
	if (tag !== undefined && tag !== version) {
		problems.push(`The tag is ${tag}, but package.json says ${version}.`);
	}
	return problems;
}

/**
 * Whether the tarball holds what users need and nothing else.
 *
 * @param root folder of the project
 * @param paths paths of the packed files, relative to the package
 * @returns what is wrong, one sentence each
 */
export function checkContents(root: string, paths: readonly string[]): string[] {
	const manifest = readJson(root, 'package.json');
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
