import { randomUUID } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';

/** A step of a workflow as n8n stores it. */
export interface Step {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: INodeParameters;
	credentials?: Record<string, { id: string; name: string }>;
	webhookId?: string;
	retryOnFail?: boolean;
	maxTries?: number;
}

export interface Workflow {
	id: string;
	name: string;
	nodes: Step[];
	connections: Record<
		string,
		Record<string, Array<Array<{ node: string; type: string; index: number }>>>
	>;
	settings: { executionOrder: 'v1' };
	active: boolean;
	pinData: object;
}

export const NODE_TYPE = 'n8n-nodes-siliconflow-image.siliconFlowImage';

export const step = (
	name: string,
	type: string,
	typeVersion: number,
	parameters: INodeParameters = {},
): Step => ({ id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters });

export const manualTrigger = () => step('Start', 'n8n-nodes-base.manualTrigger', 1);

/** Our node with the credential. Missing values are the defaults. */
export function imageStep(
	name: string,
	parameters: INodeParameters,
	credential: { id: string; name: string },
): Step {
	const { id, name: label } = credential;
	return {
		...step(name, NODE_TYPE, 1, parameters),
		credentials: { siliconFlowImageApi: { id, name: label } },
	};
}

export const model = (value: string): INodeParameters => ({
	__rl: true,
	mode: 'list',
	value,
});

/** A workflow whose steps run one after the other. */
export function chain(name: string, steps: Step[]): Workflow {
	const placed = steps.map((each, index) => ({
		...each,
		position: [index * 240, 0] as [number, number],
	}));
	const connections = Object.fromEntries(
		steps
			.slice(0, -1)
			.map(({ name: from }, index) => [
				from,
				{ main: [[{ node: steps[index + 1].name, type: 'main', index: 0 }]] },
			]),
	);
	return {
		id: randomUUID().replaceAll('-', '').slice(0, 16),
		name,
		nodes: placed,
		connections,
		settings: { executionOrder: 'v1' },
		active: false,
		pinData: {},
	};
}
