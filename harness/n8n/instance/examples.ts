/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportedCredential } from './credential';
import { projectRoot } from '../../locations';

interface ExampleNode {
	type: string;
	credentials?: Record<string, { id: string; name: string }>;
}

interface Example {
	id?: string;
	nodes: ExampleNode[];
}

/**
 * The example workflows that this user folder does not have yet, ready for import. An imported one
 * belongs to the user: if the example changes, the new one is imported beside it.
 */
export function newExamples(
	userFolder: string,
	credential: ImportedCredential,
): { workflows: Example[]; remember: () => void } {
	const record = join(userFolder, 'examples.json');
	const known: Record<string, string> = existsSync(record)
		? JSON.parse(readFileSync(record, 'utf8'))
		: {};
	const folder = join(projectRoot, 'examples');
	const names = existsSync(folder) ? readdirSync(folder) : [];
	const fresh = names
		.filter((name) => name.endsWith('.json'))
		.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
		.map(({ name, text }) => ({ name, text, digest: digestOf(text) }))
		.filter(({ name, digest }) => known[name] !== digest);
	return {
		workflows: fresh.map(({ name, text }) =>
			connect(known[name] === undefined ? name : name + text, JSON.parse(text), credential),
		),
		remember() {
			for (const { name, digest } of fresh) known[name] = digest;
			writeFileSync(record, JSON.stringify(known));
		},
	};
}

/** Sets the credential, and an id of its own, because n8n replaces a workflow that has the same id. */
function connect(identity: string, example: Example, credential: ImportedCredential): Example {
	const { id, name, type } = credential;
	return {
		...example,
		id: digestOf(identity).slice(0, 16),
		nodes: example.nodes.map((node) =>
			node.type.startsWith('n8n-nodes-siliconflow-image.')
				? { ...node, credentials: { ...node.credentials, [type]: { id, name } } }
				: node,
		),
	};
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
