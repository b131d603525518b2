/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { CURRENT, prepareHost } from '../../harness/n8n/install/hosts';
import { startWorker } from '../../harness/n8n/instance/server';
import { waitUntil, type OwnProcess } from '../../harness/n8n/process/processes';
import { failures, startSimulator, type Simulator } from '../../simulator';
import { itemsOf, startInstance, type Execution, type Instance } from './support/instance';
import { startPostgres, startRedis, type Service } from './support/services';
import { newUserFolder } from './support/userFolders';
import { publishWebhook, type Webhook } from './support/webhook';
import { imageStep, model, type Step } from './support/workflow';

const prompt = '={{ $json.body.prompt }}';

/** So often the download of a fresh image is tried. */
const DOWNLOAD_ATTEMPTS = 6;

describe('Queue mode: main, workers, Redis, PostgreSQL', () => {
	let simulator: Simulator;
	let services: Service[];
	let settings: NodeJS.ProcessEnv;
	let n8n: Instance;
	let worker: OwnProcess;
	let webhook: Webhook;

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
		webhook = await publishWebhook(n8n, simulator, (credential) => [
			imageStep('Generate', { prompt }, credential),
			imageStep(
				'Edit',
				{ operation: 'edit', model: model('Qwen/Qwen-Image-Edit-2509'), prompt: 'in winter' },
				credential,
			),
		]);
	});
	afterAll(async () => {
		await worker?.stop();
		await n8n?.stop();
		await Promise.all((services ?? []).map(async (service) => await service.process.stop()));
		await simulator?.close();
	});

	const latestExecution = async () => (await webhook.executions(1))[0];

	it('responds with the image that the worker generated and edited', async () => {
		const response = await webhook.ask('a fox in the snow');
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
		const response = webhook.ask('a fox [slow 60]').catch((error: Error) => error);
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

		expect((await webhook.ask('a fox after the crash')).headers.get('content-type')).toContain(
			'image/png',
		);
	});

	it('a worker goes on with what a run before has paid for, and another one does not know', async () => {
		simulator.reset();
		const breakDownload = () =>
			simulator.fault({ on: 'image', status: 500, body: '', times: DOWNLOAD_ATTEMPTS });
		const single = async (settings: Partial<Step>) =>
			await publishWebhook(n8n, simulator, (credential) => [
				{ ...imageStep('Generate', { prompt }, credential), ...settings },
			]);
		breakDownload();
		const retrying = await single({ retryOnFail: true });
		expect((await retrying.ask('tried again')).status).toBe(200);
		expect(simulator.imagesMade).toBe(1);

		const plain = await single({});
		breakDownload();
		expect((await plain.ask('run again')).status).toBe(500);
		expect((await plain.ask('run again')).status).toBe(200);
		expect(simulator.imagesMade).toBe(2);

		breakDownload();
		expect((await plain.ask('on another worker')).status).toBe(500);
		await worker.stop();
		worker = await newWorker();
		expect((await plain.ask('on another worker')).status).toBe(200);
		expect(simulator.imagesMade).toBe(4);
	});

	describe('three images, of which the last does not come', () => {
		const three = async () =>
			await publishWebhook(n8n, simulator, (credential) => [
				imageStep(
					'Generate',
					{
						prompt,
						model: model('Qwen/Qwen-Image'),
						numberOfImages: 3,
						executionOptions: { concurrency: 1 },
					},
					credential,
				),
			]);
		const isThird = () => simulator.generations.length === 3;
		const delivered = () => simulator.images.filter(({ status }) => status === 200).length;
		const linksOf = (execution: Execution) =>
			itemsOf(execution, 'Generate').map(({ json }) => json.url);
		beforeEach(() => simulator.reset());

		it('Stop leaves the first two to the next run of the worker', async () => {
			simulator.fault({ delayMs: 60_000, when: isThird });
			const stopping = await three();
			const answer = stopping.ask('stopped').catch((error: Error) => error);
			await waitUntil(async () => simulator.inFlight > 0 && delivered() === 2, 'Two have come');
			const [{ id }] = await stopping.executions(1);
			await n8n.rest.post(`/rest/executions/${id}/stop`);
			expect((await n8n.finished(id)).status).toBe('canceled');
			await waitUntil(async () => simulator.inFlight === 0, 'The request ends', { seconds: 5 });
			await answer;

			expect((await stopping.ask('stopped')).status).toBe(200);
			const [next] = await stopping.executions(1);
			expect(new Set(linksOf(next)).size).toBe(3);
			expect(simulator.generations).toHaveLength(4);
		});

		it('"Retry execution" goes on with the first two', async () => {
			simulator.fault({ ...failures.moderated, when: isThird });
			const refused = await three();
			expect((await refused.ask('refused')).status).toBe(500);
			const [{ id }] = await refused.executions(1);
			const retried = await n8n.rest.post<{ id: string }>(`/rest/executions/${id}/retry`, {});
			const execution = await n8n.finished(retried.id);

			expect(execution).toMatchObject({ status: 'success', mode: 'retry' });
			expect(new Set(linksOf(execution)).size).toBe(3);
			expect(simulator.generations).toHaveLength(4);
			expect(simulator.imagesMade).toBe(3);
		});
	});

	it('ten calls at once, two workers, 5 images per 10 s: every call gets its image', async () => {
		const limited = await startSimulator({ latencyMs: 500, limit: { images: 5, perMs: 10_000 } });
		const second = await newWorker();
		try {
			const busy = await publishWebhook(n8n, limited, (credential) => [
				imageStep('Generate', { prompt }, credential),
			]);
			const answers = await Promise.all(
				Array.from({ length: 10 }, async (_, i) => await busy.ask(`fox ${i}`)),
			);
			const types = answers.map(({ headers }) => headers.get('content-type'));
			expect(types).toEqual(Array(10).fill(expect.stringContaining('image/png')));
			const images = await Promise.all(
				answers.map(async (answer) => Buffer.from(await answer.arrayBuffer()).toString('base64')),
			);
			// The prompt is written on each.
			expect(new Set(images).size).toBe(10);

			const executions = await busy.executions(10);
			const traces = executions.map((one) => itemsOf(one, 'Generate')[0].json.traceId);
			const made = limited.generations.filter(({ status }) => status === 200);
			expect(traces.sort()).toEqual(made.map(({ traceId }) => traceId).sort());
			expect(new Set(traces).size).toBe(10);
			expect(limited.imagesMade).toBe(10);
			// The limit was met.
			expect(limited.generations.length).toBeGreaterThan(10);
		} finally {
			await second.stop();
			await limited.close();
		}
	});
});
