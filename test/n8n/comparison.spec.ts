/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { setTimeout as sleep } from 'node:timers/promises';
import type { INodeParameters } from 'n8n-workflow';
import { waitUntil } from '../../harness/n8n/process/processes';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator';
import { itemsOf, startInstance, type Instance } from './support/instance';
import { chain, imageStep, manualTrigger, step, type Step } from './support/workflow';

/** What the README says about a chain of n8n's HTTP Request steps, and about this node, is true. */

let n8n: Instance;
beforeAll(async () => {
	n8n = await startInstance();
});
afterAll(async () => await n8n?.stop());

let simulator: Simulator;
afterEach(async () => await simulator.close());

const items = (count: number) =>
	step('Items', 'n8n-nodes-base.code', 2, {
		jsCode: `return Array.from({ length: ${count} }, (_, index) => ({ json: { index } }));`,
	});

/**
 * As one builds it without this node: a request for the image, then one for the file.
 *
 * @param imageSize as it stands in an expression
 */
const httpChain = ({ apiKey, baseUrl }: Simulator, imageSize = '"1024x1024"'): Step[] => [
	{
		...step('Image', 'n8n-nodes-base.httpRequest', 4.2, {
			method: 'POST',
			url: `${baseUrl}/images/generations`,
			sendHeaders: true,
			headerParameters: { parameters: [{ name: 'Authorization', value: `Bearer ${apiKey}` }] },
			sendBody: true,
			specifyBody: 'json',
			jsonBody: `={{ { model: "Kwai-Kolors/Kolors", prompt: "fox " + $json.index, image_size: ${imageSize} } }}`,
			options: {},
		}),
		retryOnFail: true,
		maxTries: 5,
		waitBetweenTries: 1000,
	} as Step,
	step('File', 'n8n-nodes-base.httpRequest', 4.2, {
		url: '={{ $json.images[0].url }}',
		options: { response: { response: { responseFormat: 'file' } } },
	}),
];

const ours = async ({ apiKey, baseUrl }: Simulator, parameters: INodeParameters = {}) => {
	const data = { region: 'custom', baseUrl, apiKey };
	const credential = await n8n.createCredential('siliconFlowImageApi', data);
	return [imageStep('File', { prompt: '={{ "fox " + $json.index }}', ...parameters }, credential)];
};

async function run(count: number, steps: Step[]) {
	const workflow = chain('Comparison', [manualTrigger(), items(count), ...steps]);
	const id = await n8n.start(await n8n.createWorkflow(workflow));
	const finished = async () => {
		const execution = await n8n.finished(id);
		return { status: execution.status, images: itemsOf(execution, 'File').length };
	};
	const files = async () =>
		itemsOf(await n8n.finished(id), 'File').map(({ binary }) => binary?.data);
	return { id, finished, files };
}

const start = async (options: SimulatorOptions) => (simulator = await startSimulator(options));
const accepted = () => simulator.generations.filter(({ status }) => status === 200).length;

describe('Six images where two are let in every eight seconds', () => {
	const limit = { images: 2, perMs: 8_000 };

	it('HTTP Request steps pay for images again and again, and end without any', async () => {
		const { finished } = await run(6, httpChain(await start({ limit })));

		expect(await finished()).toEqual({ status: 'error', images: 0 });
		expect(accepted()).toBeGreaterThanOrEqual(2);
	});

	it('this node outputs all six and pays for six', async () => {
		const { finished } = await run(6, await ours(await start({ limit })));

		expect(await finished()).toEqual({ status: 'success', images: 6 });
		expect(accepted()).toBe(6);
	});
});

describe('A connection that is cut after the service has made the image', () => {
	const cut = { cut: 'mid-body' } as const;

	it('HTTP Request steps that retry pay twice', async () => {
		const steps = httpChain(await start({}));
		simulator.fault(cut);
		const { finished } = await run(1, steps);

		expect(await finished()).toEqual({ status: 'success', images: 1 });
		expect(simulator.generations).toHaveLength(2);
	});

	it('this node asks once, and says that the image may have been made', async () => {
		const steps = await ours(await start({}));
		simulator.fault(cut);
		const { finished } = await run(1, steps);

		expect(await finished()).toEqual({ status: 'error', images: 0 });
		expect(simulator.generations).toHaveLength(1);
	});
});

describe('A size above the maximum, in the third of three items', () => {
	const THIRD_TOO_LARGE = '$json.index === 2 ? "9000x9000" : "1024x1024"';

	it('HTTP Request steps pay for the other two and lose them', async () => {
		const service = await start({});
		const { finished } = await run(3, httpChain(service, THIRD_TOO_LARGE));

		expect(await finished()).toEqual({ status: 'error', images: 0 });
		expect(accepted()).toBeGreaterThanOrEqual(2);
	});

	it('this node sends nothing', async () => {
		const imageSize = `={{ ${THIRD_TOO_LARGE} }}`;
		const { finished } = await run(3, await ours(await start({}), { imageSize }));

		expect(await finished()).toEqual({ status: 'error', images: 0 });
		expect(simulator.generations).toHaveLength(0);
	});
});

describe('Forty items, stopped after a second', () => {
	it.each([
		['HTTP Request steps have sent all forty', 'http', 40, 40],
		['this node has sent three', 'ours', 1, 3],
	])('%s', async (_, which, fewest, most) => {
		const service = await start({ latencyMs: 3_000 });
		const steps = which === 'http' ? httpChain(service) : await ours(service);
		const { id } = await run(40, steps);
		await waitUntil(async () => simulator.generations.length > 0, 'Images are being made');
		await sleep(1_000);
		await n8n.rest.post(`/rest/executions/${id}/stop`);
		await sleep(4_000);

		expect(simulator.generations.length).toBeGreaterThanOrEqual(fewest);
		expect(simulator.generations.length).toBeLessThanOrEqual(most);
	});
});

describe('The file of an image, which the service sends as application/octet-stream', () => {
	it('has no type in the output of HTTP Request steps', async () => {
		const { files } = await run(1, httpChain(await start({})));

		expect(await files()).toMatchObject([{ mimeType: 'application/octet-stream' }]);
	});

	it('has its true type and extension in the output of this node', async () => {
		const { files } = await run(1, await ours(await start({})));

		expect(await files()).toMatchObject([{ mimeType: 'image/png', fileName: 'image.png' }]);
	});
});
