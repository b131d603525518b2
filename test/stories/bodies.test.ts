import type { INodeParameters } from 'n8n-workflow';
import { MODELS } from '../../nodes/SiliconFlowImage/contract/models';
import { takesImages } from '../../nodes/SiliconFlowImage/contract/operations';
import { contractOf, IMAGE_FIELDS } from '../../simulator/validation';
import { FULL, MINIMAL, type ExpectedBody } from '../contract/expectedBodies';
import { FULL_COM, MINIMAL_COM } from '../contract/expectedBodiesCom';
import { openWorkbench, type Workbench } from '../support/workbench';

const PROMPT = 'a lighthouse on a small island';
const SITES = { cn: [FULL, MINIMAL], com: [FULL_COM, MINIMAL_COM] } as const;

let cn: Workbench;
let com: Workbench;
/** Any model may be behind a custom base URL. Here it is the international service. */
let custom: Workbench;
beforeAll(async () => {
	cn = await openWorkbench({ simulator: { site: 'cn' } });
	com = await openWorkbench({ simulator: { site: 'com' } });
	custom = await openWorkbench({ simulator: { site: 'com' }, credential: { region: 'custom' } });
});
afterEach(() => [cn, com, custom].forEach(({ simulator }) => simulator.reset()));
afterAll(async () => {
	for (const bench of [cn, com, custom]) await bench.close();
});

/** The bodies that the node sent. Nothing is downloaded, because these tests check requests only. */
async function bodiesOf(parameters: INodeParameters, bench = cn): Promise<unknown[]> {
	const options = { ...(parameters.options as INodeParameters), download: false };
	const { error } = await bench.step({ prompt: PROMPT, ...parameters, options });
	expect(error?.message).toBeUndefined();
	return bench.simulator.generations.map(({ body }) => body);
}

const named = (row: ExpectedBody) => [`${row.model}, ${row.operation}`, row] as const;

describe.each(['cn', 'com'] as const)('At the site %s', (site) => {
	const [full, minimal] = SITES[site];
	const sent = async ({ model, operation, parameters }: ExpectedBody) =>
		await bodiesOf({ model, operation, ...parameters }, site === 'cn' ? cn : com);

	it.each(full.map(named))('every field is sent to %s', async (_name, row) => {
		expect(await sent(row)).toStrictEqual([{ model: row.model, prompt: PROMPT, ...row.body }]);
	});

	it.each(minimal.map(named))('no unset field is sent to %s', async (_name, row) => {
		expect(await sent(row)).toStrictEqual([{ model: row.model, prompt: PROMPT, ...row.body }]);
	});

	it.each([
		['full', full],
		['minimal', minimal],
	])('every operation of every model is in the list (%s)', (_name, list) => {
		const ofSite = MODELS.filter((row) => row.site === site);
		const inTable = ofSite.flatMap(({ id, operations }) => operations.map((name) => [id, name]));

		expect(list.map(({ model, operation }) => [model, operation])).toStrictEqual(inTable);
	});
});

/** Fields of the service's contract that no full body of this operation has, and no rule explains. */
function missingIn({ model, operation, body }: ExpectedBody, site: 'cn' | 'com'): string[] {
	const names = Object.keys(contractOf(site).models.get(model)?.properties ?? {});
	const sizes = ['image_size', 'width', 'height'];
	return names
		.filter((name) => !['model', 'prompt'].includes(name) && !Object.hasOwn(body, name))
		.filter((name) => takesImages(operation) || !IMAGE_FIELDS.includes(name))
		.filter((name) => !(sizes.includes(name) && 'aspect_ratio' in body))
		.filter((name) => !(name === 'aspect_ratio' && sizes.some((size) => size in body)));
}

describe('The full bodies have every field of the contract', () => {
	it.each(
		[
			...FULL.map((row) => ['cn', row] as const),
			...FULL_COM.map((row) => ['com', row] as const),
		].map(([site, row]) => [site, ...named(row)] as const),
	)('%s, %s', (site, _name, row) => {
		expect(missingIn(row, site)).toStrictEqual([]);
	});
});

describe('If both sites have a model, the region decides', () => {
	const seeds = (bodies: unknown[]) => bodies.map((body) => (body as { seed: number }).seed);
	const qwen = { model: 'Qwen/Qwen-Image', numberOfImages: 2, options: { seed: 1 } };

	it('whether several images go into one request', async () => {
		const executionOptions = { concurrency: 1 };

		expect(seeds(await bodiesOf({ ...qwen, executionOptions }, cn))).toStrictEqual([1, 2]);
		expect(await bodiesOf(qwen, com)).toMatchObject([{ batch_size: 2, seed: 1 }]);
		// Either site may be behind it, so a feature of only one site is not used.
		expect(seeds(await bodiesOf({ ...qwen, executionOptions }, custom))).toStrictEqual([1, 2]);
		expect(custom.simulator.imagesMade).toBe(2);
	});

	it('which sizes are taken', async () => {
		const turbo = { model: 'Tongyi-MAI/Z-Image-Turbo', imageSize: '1024x1024' };

		expect(await bodiesOf(turbo, cn)).toMatchObject([{ image_size: '1024x1024' }]);
		const { error } = await com.step({ prompt: PROMPT, ...turbo });
		expect(error?.message).toBe(
			"'Image Size' must be one of 512x512, 768x1024, 1024x576, 576x1024, but is 1024x1024",
		);
		expect(com.simulator.requests).toStrictEqual([]);
	});

	it('and with a custom base URL, either is taken', async () => {
		const turbo = { model: 'Tongyi-MAI/Z-Image-Turbo', imageSize: '1024x768' };
		const { error } = await custom.step({ prompt: PROMPT, ...turbo });

		// The node accepts the size of the China site, but this service does not have it.
		expect(error?.httpCode).toBe('400');
		expect(custom.simulator.generations.map(({ body }) => body)).toMatchObject([
			{ image_size: '1024x768' },
		]);
	});
});

describe('Values are sent as entered', () => {
	it('a custom size is sent as width x height', async () => {
		const custom = { imageSize: 'custom', width: 640, height: 1536 };

		expect(await bodiesOf({ model: 'Qwen/Qwen-Image', ...custom })).toStrictEqual([
			{ model: 'Qwen/Qwen-Image', prompt: PROMPT, image_size: '640x1536' },
		]);
	});

	it('an unknown model gets what is set, and no size by default', async () => {
		const model = { __rl: true, mode: 'id', value: 'Acme/Tomorrow-1' };
		const images = { image: [{ source: 'url', url: 'https://images.example/cat.png' }] };
		const options = { cfg: 2, guidanceScale: 3, numInferenceSteps: 9, seed: 1 };

		expect(await bodiesOf({ model, operation: 'edit', images, options })).toStrictEqual([
			{
				model: 'Acme/Tomorrow-1',
				prompt: PROMPT,
				image: 'https://images.example/cat.png',
				cfg: 2,
				guidance_scale: 3,
				num_inference_steps: 9,
				seed: 1,
			},
		]);
	});
});

describe("The samples in SiliconFlow's documentation, entered in the fields, without batch_size 1", () => {
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
