import type { IDataObject } from 'n8n-workflow';
import { waitUntil } from '../../harness/n8n/process/processes';
import { failures, startSimulator, type LoggedRequest, type Simulator } from '../../simulator';
import {
	itemsOf,
	startInstance,
	type Execution,
	type Instance,
	type SavedWorkflow,
} from './support/instance';
import { chain, imageStep, manualTrigger, step, type Step } from './support/workflow';

/** What is paid for comes out, in this run or in the next one of the same step. */
describe('One process', () => {
	let simulator: Simulator;
	let n8n: Instance;

	beforeAll(async () => {
		simulator = await startSimulator();
		n8n = await startInstance();
	});
	beforeEach(() => simulator.reset());
	afterAll(async () => {
		await n8n?.stop();
		await simulator?.close();
	});

	/** Six items, and a step that makes an image of each. */
	async function sixImages(
		prompt: string,
		settings: Partial<Step> = {},
		ofWorkflow: IDataObject = {},
	): Promise<SavedWorkflow> {
		const { baseUrl, apiKey } = simulator;
		const data = { region: 'custom', baseUrl, apiKey };
		const credential = await n8n.createCredential('siliconFlowImageApi', data);
		const jsCode = 'return Array.from({ length: 6 }, (_, i) => ({ json: { i } }));';
		const workflow = chain('Six images', [
			manualTrigger(),
			step('Six Items', 'n8n-nodes-base.code', 2, { jsCode }),
			{ ...imageStep('Generate', { prompt }, credential), ...settings },
		]);
		return await n8n.createWorkflow({
			...workflow,
			settings: { ...workflow.settings, ...ofWorkflow },
		});
	}

	const prompt = '={{ "fox " + $json.i }}';
	const isFourth = ({ body }: LoggedRequest) => (body as { prompt: string }).prompt === 'fox 3';
	const refuse = (times: number) =>
		simulator.fault({ ...failures.moderated, times, when: isFourth });
	const run = async (workflow: SavedWorkflow) => await n8n.finished(await n8n.start(workflow));
	const linksOf = (execution: Execution) =>
		itemsOf(execution, 'Generate').map(({ json }) => json.url as string);
	const spent = () => ({ requests: simulator.generations.length, billed: simulator.imagesMade });

	it('Retry On Fail pays for each image once, and the mended run gets them all', async () => {
		refuse(3);
		const workflow = await sixImages(prompt, { retryOnFail: true, maxTries: 3 });
		expect((await run(workflow)).status).toBe('error');
		expect(spent()).toEqual({ requests: 8, billed: 5 });

		const mended = await run(workflow);
		expect(mended.status).toBe('success');
		expect(spent()).toEqual({ requests: 9, billed: 6 });
		expect(new Set(linksOf(mended)).size).toBe(6);
		expect(mended.data.resultData.runData.Generate[0].hints).toEqual([
			expect.objectContaining({ message: expect.stringMatching(/^5 of these images were made/) }),
		]);

		const again = await run(workflow);
		expect(spent()).toEqual({ requests: 15, billed: 12 });
		expect(new Set([...linksOf(mended), ...linksOf(again)]).size).toBe(12);
	});

	it('Stop leaves what had come to the next run', async () => {
		const slow = '={{ "fox " + $json.i + ($json.i > 3 ? " [slow 3]" : "") }}';
		const workflow = await sixImages(slow);
		const id = await n8n.start(workflow);
		const four = async () => simulator.images.filter(({ status }) => status === 200).length === 4;
		await waitUntil(four, 'Four images have come');
		await n8n.rest.post(`/rest/executions/${id}/stop`);
		expect((await n8n.finished(id)).status).toBe('canceled');

		const next = await run(workflow);
		expect(next.status).toBe('success');
		expect(linksOf(next)).toHaveLength(6);
		expect(spent()).toEqual({ requests: 8, billed: 8 });
	});

	it("the workflow's own time-out leaves what had come to the next run", async () => {
		const isLate = ({ body }: LoggedRequest) => /[45]$/.test((body as { prompt: string }).prompt);
		simulator.fault({ delayMs: 60_000, times: 2, when: isLate });
		const workflow = await sixImages(prompt, {}, { executionTimeout: 8 });
		expect((await run(workflow)).status).toBe('canceled');
		// The two that were under way may have been made.
		expect(spent()).toEqual({ requests: 6, billed: 6 });

		const next = await run(workflow);
		expect(next.status).toBe('success');
		expect(new Set(linksOf(next)).size).toBe(6);
		expect(spent()).toEqual({ requests: 8, billed: 8 });
	});

	it('a sub-workflow that failed goes on when the workflow that calls it is run again', async () => {
		const { baseUrl, apiKey } = simulator;
		const data = { region: 'custom', baseUrl, apiKey };
		const credential = await n8n.createCredential('siliconFlowImageApi', data);
		const passthrough = { inputSource: 'passthrough' };
		const called = await n8n.createWorkflow(
			chain('Called', [
				step('When Called', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, passthrough),
				imageStep('Generate', { prompt }, credential),
			]),
		);
		const jsCode = 'return Array.from({ length: 6 }, (_, i) => ({ json: { i } }));';
		const calling = await n8n.createWorkflow(
			chain('Calling', [
				manualTrigger(),
				step('Six Items', 'n8n-nodes-base.code', 2, { jsCode }),
				step('Call', 'n8n-nodes-base.executeWorkflow', 1.2, {
					workflowId: { __rl: true, mode: 'id', value: called.id },
				}),
			]),
		);
		refuse(1);
		expect((await run(calling)).status).toBe('error');
		expect(spent().billed).toBeGreaterThan(0);
		const next = await run(calling);

		expect(next.status).toBe('success');
		expect(new Set(itemsOf(next, 'Call').map(({ json }) => json.url)).size).toBe(6);
		expect(spent()).toEqual({ requests: 7, billed: 6 });
	});

	it('"Retry execution" goes on with what the execution had made', async () => {
		refuse(1);
		const workflow = await sixImages(prompt);
		const { id, status } = await run(workflow);
		expect(status).toBe('error');
		const retried = await n8n.rest.post<{ id: string }>(`/rest/executions/${id}/retry`, {});
		const execution = await n8n.finished(retried.id);

		expect(execution).toMatchObject({ status: 'success', mode: 'retry' });
		expect(new Set(linksOf(execution)).size).toBe(6);
		expect(spent()).toEqual({ requests: 7, billed: 6 });
	});
});
