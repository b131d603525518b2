/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IConnections, INode, IWorkflowSettings } from 'n8n-workflow';
import { projectRoot } from './locations';

/** The workflows in `examples/`. They hold no credentials; whoever imports them chooses some. */

const folder = join(projectRoot, 'examples');

/** A workflow as n8n exports it. */
export interface Example {
	id?: string;
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

/** A stored credential that steps can use. */
export interface CredentialReference {
	id: string;
	name: string;
	type: string;
}

/** The type of the credential that a step of an example needs. */
const NEEDED: ReadonlyArray<readonly [RegExp, string]> = [
	[/^n8n-nodes-siliconflow-image\./, 'siliconFlowImageApi'],
	[/\.lmChatOpenAi$/, 'openAiApi'],
];

/** The names of the files, such as `generate-then-edit.json`. */
export const exampleNames = () =>
	readdirSync(folder)
		.filter((name) => name.endsWith('.json'))
		.sort();

export const exampleText = (name: string) => readFileSync(join(folder, name), 'utf8');

export const readExample = (name: string) => JSON.parse(exampleText(name)) as Example;

/** The type of the credential that the step needs; undefined if it needs none. */
export const credentialTypeOf = ({ type }: Pick<INode, 'type'>) =>
	NEEDED.find(([pattern]) => pattern.test(type))?.[1];

/** The workflow with the credentials in the steps that need them. */
export function withCredentials(
	example: Example,
	credentials: readonly CredentialReference[],
): Example {
	const connect = (node: INode): INode => {
		const found = credentials.find(({ type }) => type === credentialTypeOf(node));
		if (found === undefined) return node;
		const { id, name, type } = found;
		return { ...node, credentials: { [type]: { id, name } } };
	};
	return { ...example, nodes: example.nodes.map(connect) };
}
