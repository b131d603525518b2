/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	exampleNames,
	exampleText,
	withCredentials,
	type CredentialReference,
	type Example,
} from '../../examples';

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
