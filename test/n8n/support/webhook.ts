import { randomUUID } from 'node:crypto';
import { waitUntil } from '../../../harness/n8n/process/processes';
import type { Simulator } from '../../../simulator';
import type { Execution, Instance, Reference } from './instance';
import { chain, step, type Step } from './workflow';

/** An active workflow that answers a webhook with the image of its last step. */
export interface Webhook {
	/** Calls it. The steps find the prompt in `$json.body.prompt`. */
	ask(prompt: string): Promise<Response>;
	/** Its latest executions, the newest first. */
	executions(count: number): Promise<Execution[]>;
}

/**
 * Activates a workflow with a webhook in front of these steps.
 *
 * @param steps builds them for a credential of the simulator
 */
export async function publishWebhook(
	n8n: Instance,
	{ baseUrl, apiKey }: Simulator,
	steps: (credential: Reference) => Step[],
): Promise<Webhook> {
	const path = randomUUID();
	const data = { region: 'custom', baseUrl, apiKey };
	const credential = await n8n.createCredential('siliconFlowImageApi', data, path);
	const webhook = step('Webhook', 'n8n-nodes-base.webhook', 2.1, {
		httpMethod: 'POST',
		path,
		responseMode: 'lastNode',
		responseData: 'firstEntryBinary',
		responseBinaryPropertyName: 'data',
	});
	const workflow = await n8n.createWorkflow(
		chain(`Image on demand ${path}`, [
			{ ...webhook, webhookId: randomUUID() },
			...steps(credential),
		]),
	);
	await n8n.publish(workflow);
	const url = `${n8n.server.url}/webhook/${path}`;
	// The webhook is registered a moment later; until then n8n answers 404 for any method.
	const isOpen = async () => (await (await fetch(url)).text()).includes('POST');
	await waitUntil(isOpen, 'The webhook is open');
	return {
		ask: async (prompt) =>
			await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ prompt }),
			}),
		executions: async (count) => await n8n.executionsOf(workflow.id, count),
	};
}
