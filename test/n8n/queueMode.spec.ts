/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { randomUUID } from 'node:crypto';
import { CURRENT, prepareHost } from '../../harness/n8n/install/hosts';
import { waitUntil, type OwnProcess } from '../../harness/n8n/process/ownProcess';
import { startWorker } from '../../harness/n8n/instance/server';
import { startSimulator, type Simulator } from '../../simulator';
import { itemsOf, startInstance, type Execution, type Instance } from './support/instance';
import { startPostgres, startRedis, type Service } from './support/services';
import { newUserFolder } from './support/userFolders';
import { chain, imageStep, model, step } from './support/workflow';

describe('Queue mode: main, worker, Redis, PostgreSQL', () => {
	let simulator: Simulator;
	let services: Service[];
	let settings: NodeJS.ProcessEnv;
	let n8n: Instance;
	let worker: OwnProcess;
	let workflowId: string;
	const path = randomUUID();

	const newWorker = async () =>
		await startWorker(await prepareHost(CURRENT, () => {}), newUserFolder('worker'), settings);

	beforeAll(async () => {
		simulator = await startSimulator();
		services = await Promise.all([startRedis(), startPostgres()]);
		settings = {
			...Object.assign({}, ...services.map((service) => service.settings)),
			EXECUTIONS_MODE: 'queue',
			N8N_ENCRYPTION_KEY: 'shared-by-main-and-worker',
			// Shortens the time n8n takes to notice a dead worker from over a minute.
			QUEUE_WORKER_LOCK_DURATION: '3000',
			QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
			QUEUE_WORKER_STALLED_INTERVAL: '1500',
			N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL: '0.05',
		};
		n8n = await startInstance(settings, newUserFolder('main'));
		worker = await newWorker();
		workflowId = await publishedWebhook();
	});
	afterAll(async () => {
		await worker?.stop();
		await n8n?.stop();
		await Promise.all((services ?? []).map(async (service) => await service.process.stop()));
		await simulator?.close();
	});

	/** A webhook that generates, edits and responds with the image. */
	async function publishedWebhook(): Promise<string> {
		const { baseUrl, apiKey } = simulator;
		const data = { region: 'custom', baseUrl, apiKey };
		const credential = await n8n.createCredential('siliconFlowImageApi', data);
		const webhook = step('Webhook', 'n8n-nodes-base.webhook', 2.1, {
			httpMethod: 'POST',
			path,
			responseMode: 'lastNode',
			responseData: 'firstEntryBinary',
			responseBinaryPropertyName: 'data',
		});
		const workflow = await n8n.createWorkflow(
			chain('Image on demand', [
				{ ...webhook, webhookId: randomUUID() },
				imageStep('Generate', { prompt: '={{ $json.body.prompt }}' }, credential),
				imageStep(
					'Edit',
					{ operation: 'edit', model: model('Qwen/Qwen-Image-Edit-2509'), prompt: 'in winter' },
					credential,
				),
			]),
		);
		const { id, versionId } = workflow;
		await n8n.rest.post(`/rest/workflows/${id}/activate`, { versionId });
		// The webhook is registered a moment later; until then n8n answers 404 for any method.
		const open = async () =>
			(await (await fetch(`${n8n.server.url}/webhook/${path}`)).text()).includes('POST');
		await waitUntil(open, 'The webhook is open');
		return id;
	}

	const ask = async (prompt: string) =>
		await fetch(`${n8n.server.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ prompt }),
		});

	async function latestExecution(): Promise<Execution> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await n8n.rest.get<{ results: Array<{ id: string }> }>(
			`/rest/executions?filter=${filter}`,
		);
		return await n8n.execution(results[0].id);
	}

	it('responds with the image that the worker generated and edited', async () => {
		const response = await ask('a fox in the snow');
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toContain('image/png');
		const received = Buffer.from(await response.arrayBuffer());

		const execution = await latestExecution();
		expect(execution).toMatchObject({ status: 'success', mode: 'webhook' });
		const [{ json, binary }] = itemsOf(execution, 'Edit');
		expect(binary!.data.id).toMatch(/^database/);
		const served = Buffer.from(await (await fetch(json.url as string)).arrayBuffer());
		expect(received.equals(served)).toBe(true);
	});

	it('marks a run as failed if its worker was killed, without a partial image', async () => {
		simulator.reset();
		const response = ask('a fox [slow 60]').catch((error: Error) => error);
		await waitUntil(async () => simulator.inFlight === 1, 'The worker asks for the image');
		process.kill(worker.pid, 'SIGKILL');
		await worker.ended;
		worker = await newWorker();

		const over = async () => !['new', 'running'].includes((await latestExecution()).status);
		await waitUntil(over, 'n8n notices', { seconds: 60 });
		const execution = await latestExecution();
		expect(['crashed', 'error']).toContain(execution.status);
		expect(itemsOf(execution, 'Generate')).toEqual([]);
		expect(itemsOf(execution, 'Edit')).toEqual([]);
		const answer = await response;
		if (answer instanceof Response) {
			expect(answer.headers.get('content-type') ?? '').not.toContain('image/');
			expect(answer.ok).toBe(false);
		}
		// No worker has sent, and paid for, the request a second time.
		expect(simulator.generations).toHaveLength(1);

		expect((await ask('a fox after the crash')).headers.get('content-type')).toContain('image/png');
	});
});
