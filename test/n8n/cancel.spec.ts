/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../harness/n8n/process/processes';
import { startSimulator, type Simulator } from '../../simulator';
import { startInstance, type Instance } from './support/instance';
import { chain, imageStep, manualTrigger, step } from './support/workflow';

const LATENCY_MS = 1500;

describe('Cancel while images are being made', () => {
	let simulator: Simulator;
	let n8n: Instance;

	beforeAll(async () => {
		simulator = await startSimulator({ latencyMs: LATENCY_MS });
		n8n = await startInstance();
	});
	afterAll(async () => {
		await n8n?.stop();
		await simulator?.close();
	});

	it('stops sending requests at once', async () => {
		const { baseUrl, apiKey } = simulator;
		const data = { region: 'custom', baseUrl, apiKey };
		const credential = await n8n.createCredential('siliconFlowImageApi', data);
		const forty = 'return Array.from({ length: 40 }, (_, index) => ({ json: { index } }));';
		const workflow = await n8n.createWorkflow(
			chain('Many images', [
				manualTrigger(),
				step('Forty Items', 'n8n-nodes-base.code', 2, { jsCode: forty }),
				imageStep(
					'Generate',
					{ prompt: '={{ "fox " + $json.index }}', executionOptions: { concurrency: 2 } },
					credential,
				),
			]),
		);
		const id = await n8n.start(workflow);
		const secondPair = async () => simulator.generations.length >= 4 && simulator.inFlight > 0;
		await waitUntil(secondPair, 'Images are being made');

		await n8n.rest.post(`/rest/executions/${id}/stop`);
		await waitUntil(async () => simulator.inFlight === 0, 'Open requests end', { seconds: 5 });
		const asked = simulator.requests.length;
		await sleep(2 * LATENCY_MS);
		expect(simulator.requests).toHaveLength(asked);
		expect((await n8n.finished(id)).status).toBe('canceled');
		expect(simulator.generations.length).toBeLessThan(10);
	});
});
