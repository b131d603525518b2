import type { INodeParameters } from 'n8n-workflow';
import { MODELS } from '../../nodes/SiliconFlowImage/contract/models';
import { openWorkbench, type Workbench } from '../support/workbench';
import { FULL, MINIMAL, type ExpectedBody } from './expectedBodies';

const PROMPT = 'a lighthouse on a small island';

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

/** The bodies that left the node. Nothing is downloaded, for these tests look at requests only. */
async function bodiesOf(parameters: INodeParameters): Promise<unknown[]> {
	const options = { ...(parameters.options as INodeParameters), download: false };
	const { error } = await bench.step({ prompt: PROMPT, ...parameters, options });
	expect(error).toBeUndefined();
	return bench.simulator.generations.map(({ body }) => body);
}

const named = (row: ExpectedBody) => [`${row.model}, ${row.operation}`, row] as const;

describe('A model gets every field it takes', () => {
	it.each(FULL.map(named))('%s', async (_name, { model, operation, parameters, body }) => {
		expect(await bodiesOf({ model, operation, ...parameters })).toStrictEqual([
			{ model, prompt: PROMPT, ...body },
		]);
	});
});

describe('A model gets no field that was not set', () => {
	it.each(MINIMAL.map(named))('%s', async (_name, { model, operation, parameters, body }) => {
		expect(await bodiesOf({ model, operation, ...parameters })).toStrictEqual([
			{ model, prompt: PROMPT, ...body },
		]);
	});
});

describe('The lists of expected bodies', () => {
	it.each([
		['full', FULL],
		['minimal', MINIMAL],
	])('hold every operation of every model (%s)', (_name, list) => {
		const inTable = MODELS.flatMap(({ id, operations }) => operations.map((name) => [id, name]));

		expect(list.map(({ model, operation }) => [model, operation])).toStrictEqual(inTable);
	});
});

describe('What a person types is sent as it was typed', () => {
	it('a custom size goes out as width x height', async () => {
		const custom = { imageSize: 'custom', width: 640, height: 1536 };

		expect(await bodiesOf({ model: 'Qwen/Qwen-Image', ...custom })).toStrictEqual([
			{ model: 'Qwen/Qwen-Image', prompt: PROMPT, image_size: '640x1536' },
		]);
	});

	it('a model that the node does not know gets what is set, and no size of its own accord', async () => {
		const model = { __rl: true, mode: 'id', value: 'Acme/Tomorrow-1' };
		const images = { image: [{ source: 'url', url: 'https://pictures.example/cat.png' }] };
		const options = { cfg: 2, guidanceScale: 3, numInferenceSteps: 9, seed: 1 };

		expect(await bodiesOf({ model, operation: 'edit', images, options })).toStrictEqual([
			{
				model: 'Acme/Tomorrow-1',
				prompt: PROMPT,
				image: 'https://pictures.example/cat.png',
				cfg: 2,
				guidance_scale: 3,
				num_inference_steps: 9,
				seed: 1,
			},
		]);
	});
});

describe("The samples of SiliconFlow's page, set up in the fields, without batch_size 1", () => {
	const prompt =
		'an island near sea, with seagulls, moon shining over the sea, light house, boats int he background, fish flying over the sea';
	const url = 'https://inews.gtimg.com/om_bt/Os3eJ8u3SgB3Kd-zrRRhgfR5hUvdwcVPKUTNO6O7sZfUwAA/641';
	const image = { source: 'url', url };
	const kolors = { model: 'Kwai-Kolors/Kolors', prompt, imageSize: '1024x1024', numberOfImages: 1 };

	it('text to image with Kolors', async () => {
		const options = { numInferenceSteps: 20, guidanceScale: 7.5 };

		expect(await bodiesOf({ ...kolors, operation: 'generate', options })).toStrictEqual([
			{
				model: 'Kwai-Kolors/Kolors',
				prompt,
				image_size: '1024x1024',
				num_inference_steps: 20,
				guidance_scale: 7.5,
			},
		]);
	});

	it('image to image with Kolors', async () => {
		const options = { numInferenceSteps: 20, guidanceScale: 7.5 };
		const edit = { ...kolors, operation: 'edit', images: { image: [image] }, options };

		expect(await bodiesOf(edit)).toStrictEqual([
			{
				model: 'Kwai-Kolors/Kolors',
				prompt,
				image_size: '1024x1024',
				num_inference_steps: 20,
				guidance_scale: 7.5,
				image: url,
			},
		]);
	});

	it('three images with Qwen-Image-Edit-2509', async () => {
		const edit = {
			operation: 'edit',
			model: 'Qwen/Qwen-Image-Edit-2509',
			prompt,
			images: { image: [image, image, image] },
			options: { numInferenceSteps: 20, guidanceScale: 4 },
		};

		expect(await bodiesOf(edit)).toStrictEqual([
			{
				model: 'Qwen/Qwen-Image-Edit-2509',
				prompt,
				num_inference_steps: 20,
				guidance_scale: 4,
				image: url,
				image2: url,
				image3: url,
			},
		]);
	});
});
