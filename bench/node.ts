/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports */
import '../harness/engine/environment';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import { createEngine, type Engine, type Item, type WorkflowJson } from '../harness/engine/engine';

/** The load of a run, the same for the node and the floor. */
export interface Load {
	readonly baseUrl: string;
	readonly apiKey: string;
	readonly items: number;
	readonly concurrency: number;
}

/** The node in n8n's engine, in filesystem mode: Manual Trigger -> SiliconFlow Image. */
export async function openNode({ baseUrl, apiKey }: Pick<Load, 'baseUrl' | 'apiKey'>) {
	const credentials = { siliconFlowImageApi: { region: 'custom', baseUrl, apiKey } };
	return await createEngine({ credentials });
}

/**
 * @returns how long the step took, in milliseconds
 */
export async function runNode(
	engine: Engine,
	{ items, concurrency }: Pick<Load, 'items' | 'concurrency'>,
	parameters: INodeParameters = {},
	inputs: readonly Item[] = Array.from({ length: items }, (_, i) => ({ json: { i } })),
): Promise<number> {
	const run = await engine.run(workflowOf({ executionOptions: { concurrency }, ...parameters }), {
		items: inputs,
	});
	const { error, runData } = run.data.resultData;
	if (error) throw error;
	const count = engine.itemsOf(run, 'Image').length;
	if (count !== items) throw new Error(`Expected ${items} images, got ${count}`);
	return runData.Image[0].executionTime;
}

/** Manual Trigger -> SiliconFlow Image with these parameters. */
export function workflowOf(parameters: INodeParameters): WorkflowJson {
	return {
		nodes: [
			node('Manual', 'n8n-nodes-base.manualTrigger', {}),
			node('Image', 'n8n-nodes-siliconflow-image.siliconFlowImage', {
				model: { __rl: true, mode: 'list', value: 'Kwai-Kolors/Kolors' },
				prompt: '={{ "fox " + $json.i }}',
				...parameters,
			}),
		],
		connections: { Manual: { main: [[{ node: 'Image', type: 'main', index: 0 }]] } },
	};
}

/** Deletes the images of earlier runs. */
export async function clearStorage(): Promise<void> {
	await rm(join(process.env.N8N_USER_FOLDER!, '.n8n', 'storage'), { recursive: true, force: true });
}

function node(name: string, type: string, parameters: INodeParameters) {
	const credentials = { siliconFlowImageApi: { id: '1', name: 'SiliconFlow' } };
	const base = { id: name, name, type, typeVersion: 1, position: [0, 0] as [number, number] };
	return type.includes('siliconFlow')
		? { ...base, parameters, credentials }
		: { ...base, parameters };
}
