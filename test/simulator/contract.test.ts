import Ajv2020 from 'ajv/dist/2020';
import { startSimulator, type Simulator, type Site } from '../../simulator';
import { contractOf } from '../../simulator/validation';
import { dataUrl, DOT } from './client';

const running = new Map<Site, Simulator>();

beforeAll(async () => {
	for (const site of ['cn', 'com'] as const) running.set(site, await startSimulator({ site }));
});

afterAll(async () => {
	for (const simulator of running.values()) await simulator.close();
});

const validate = (site: Site, body: unknown) => (running.get(site) as Simulator).validate(body);

const refusal = (site: Site, body: unknown) => {
	const validation = validate(site, body);
	return validation.valid ? 'accepted' : validation.failure.body;
};

const INPUT = dataUrl(DOT);

/** A valid value for every field. */
const VALUES: Record<string, unknown> = {
	negative_prompt: 'blurry',
	image_size: '1024x1024',
	batch_size: 4,
	seed: 9_999_999_999,
	num_inference_steps: 20,
	guidance_scale: 7.5,
	cfg: 4,
	image: INPUT,
	image2: INPUT,
	image3: INPUT,
	input_image: INPUT,
	image_prompt: INPUT,
	image_prompt_strength: 0.1,
	aspect_ratio: '16:9',
	width: 1024,
	height: 768,
	output_format: 'jpeg',
	prompt_upsampling: true,
	prompt_enhancement: true,
	safety_tolerance: 2,
	raw: false,
};

/** Site, model, required fields besides the prompt, optional fields. */
const MATRIX: Array<[Site, string, string, string]> = [
	[
		'cn',
		'Kwai-Kolors/Kolors',
		'image_size',
		'negative_prompt batch_size seed num_inference_steps guidance_scale image',
	],
	['cn', 'Qwen/Qwen-Image', 'image_size', 'negative_prompt seed num_inference_steps cfg'],
	['cn', 'Qwen/Qwen-Image-Edit', 'image', 'negative_prompt seed num_inference_steps cfg'],
	[
		'cn',
		'Qwen/Qwen-Image-Edit-2509',
		'image',
		'negative_prompt seed num_inference_steps guidance_scale cfg image2 image3',
	],
	['cn', 'Tongyi-MAI/Z-Image', 'image_size', 'negative_prompt seed num_inference_steps cfg'],
	['cn', 'Tongyi-MAI/Z-Image-Turbo', 'image_size', 'negative_prompt seed'],
	['com', 'black-forest-labs/FLUX.2-pro', '', 'image_size seed output_format'],
	[
		'com',
		'black-forest-labs/FLUX.2-flex',
		'',
		'image_size seed output_format cfg num_inference_steps',
	],
	...['max', 'pro'].map((version): [Site, string, string, string] => [
		'com',
		`black-forest-labs/FLUX.1-Kontext-${version}`,
		'',
		'aspect_ratio seed output_format prompt_upsampling safety_tolerance input_image',
	]),
	['com', 'black-forest-labs/FLUX.1-Kontext-dev', 'image', 'seed prompt_enhancement'],
	[
		'com',
		'black-forest-labs/FLUX-1.1-pro',
		'',
		'width height seed prompt_upsampling safety_tolerance output_format image_prompt',
	],
	[
		'com',
		'black-forest-labs/FLUX-1.1-pro-Ultra',
		'',
		'image_size aspect_ratio negative_prompt batch_size seed safety_tolerance output_format raw image_prompt_strength image_prompt',
	],
	['com', 'black-forest-labs/FLUX.1-schnell', 'image_size', 'seed prompt_enhancement'],
	[
		'com',
		'black-forest-labs/FLUX.1-dev',
		'image_size num_inference_steps',
		'seed prompt_enhancement',
	],
	[
		'com',
		'Qwen/Qwen-Image',
		'image_size',
		'negative_prompt batch_size seed num_inference_steps cfg',
	],
	['com', 'Qwen/Qwen-Image-Edit', 'image', 'negative_prompt seed num_inference_steps cfg'],
	['com', 'Tongyi-MAI/Z-Image-Turbo', '', 'image_size negative_prompt seed'],
];

const fieldsIn = (text: string) => (text === '' ? [] : text.split(' '));

function sample(model: string, fields: string[]): Record<string, unknown> {
	const values: Record<string, unknown> = { ...VALUES };
	// These models do not take 1024x1024.
	if (/FLUX\.2|Turbo/.test(model)) values.image_size = '1024x576';
	return Object.fromEntries([
		['model', model],
		['prompt', 'a lighthouse'],
		...fields.map((field) => [field, values[field]]),
	]) as Record<string, unknown>;
}

it.each<Site>(['cn', 'com'])('The schemas of %s are valid', (site) => {
	const ajv = new Ajv2020({ strict: false });
	const problems = Object.entries(contractOf(site).spec.components.schemas).flatMap(
		([name, schema]) => (ajv.validateSchema(schema as object) ? [] : [[name, ajv.errors]]),
	);
	expect(problems).toStrictEqual([]);
});

describe.each(MATRIX)('%s %s', (site, model, required, optional) => {
	const must = fieldsIn(required);
	const may = fieldsIn(optional);

	it('takes the required fields, each optional field alone, and all of them', () => {
		expect(refusal(site, sample(model, must))).toBe('accepted');
		for (const field of may) {
			expect([field, refusal(site, sample(model, [...must, field]))]).toEqual([field, 'accepted']);
		}
		expect(refusal(site, sample(model, [...must, ...may]))).toBe('accepted');
	});

	it('refuses a request without the prompt or another required field', () => {
		const codes: Record<string, number> = { image_size: 20026, image: 20017 };
		for (const field of must) {
			const body = sample(model, must);
			delete body[field];
			const code = codes[field] ?? 20028;
			expect(refusal(site, body)).toMatchObject({ code, data: null });
		}
		expect(refusal(site, { ...sample(model, must), prompt: undefined })).toMatchObject({
			code: 20016,
		});
	});

	it('refuses every other field by name', () => {
		const others = Object.keys(VALUES).filter((field) => ![...must, ...may].includes(field));
		for (const field of [...others, 'images', 'mask', 'n']) {
			const body = { ...sample(model, must), [field]: VALUES[field] ?? 1 };
			expect(refusal(site, body)).toEqual({
				code: 20015,
				message: `Unknown parameter: ${field}`,
				data: null,
			});
		}
	});
});

const SEAGULLS =
	'an island near sea, with seagulls, moon shining over the sea, light house, boats int he background, fish flying over the sea';
const BEACH = 'https://inews.gtimg.com/om_bt/Os3eJ8u3SgB3Kd-zrRRhgfR5hUvdwcVPKUTNO6O7sZfUwAA/641';

it.each([
	[
		'text to image',
		{
			model: 'Kwai-Kolors/Kolors',
			prompt: SEAGULLS,
			image_size: '1024x1024',
			batch_size: 1,
			num_inference_steps: 20,
			guidance_scale: 7.5,
		},
	],
	[
		'image to image',
		{
			model: 'Kwai-Kolors/Kolors',
			prompt: SEAGULLS,
			image_size: '1024x1024',
			batch_size: 1,
			num_inference_steps: 20,
			guidance_scale: 7.5,
			image: BEACH,
		},
	],
	[
		'edit',
		{
			model: 'Qwen/Qwen-Image-Edit-2509',
			prompt: SEAGULLS,
			num_inference_steps: 20,
			guidance_scale: 4,
			image: BEACH,
			image2: BEACH,
			image3: BEACH,
		},
	],
])("takes the published contract's own sample: %s", (_, body) => {
	expect(validate('cn', body)).toEqual({ valid: true });
});

it.each([
	['Kwai-Kolors/Kolors', '1024x1024 960x1280 768x1024 720x1440 720x1280'],
	[
		'Qwen/Qwen-Image',
		'1328x1328 1664x928 928x1664 1472x1140 1140x1472 1472x1104 1104x1472 1584x1056 1056x1584',
	],
	['Tongyi-MAI/Z-Image-Turbo', '512x512 768x1024 1024x768 1024x576 576x1024 1024x1024 1920x1080'],
])('takes every recommended size of %s', (model, sizes) => {
	for (const size of sizes.split(' ')) {
		expect(refusal('cn', { model, prompt: 'a lighthouse', image_size: size })).toBe('accepted');
	}
});

const kolors = { model: 'Kwai-Kolors/Kolors', prompt: 'a lighthouse', image_size: '1024x1024' };
const flux = { model: 'black-forest-labs/FLUX-1.1-pro', prompt: 'a lighthouse' };
const kontext = { model: 'black-forest-labs/FLUX.1-Kontext-pro', prompt: 'a lighthouse' };
const dev = { ...kontext, model: 'black-forest-labs/FLUX.1-dev', num_inference_steps: 20 };

it.each<[Site, number, unknown]>([
	['cn', 20013, { prompt: 'a lighthouse' }],
	['cn', 20013, { ...kolors, model: 7 }],
	['cn', 20012, { ...kolors, model: 'black-forest-labs/FLUX.1-dev' }],
	['cn', 20016, { ...kolors, prompt: '' }],
	['cn', 20026, { ...kolors, image_size: '1024*1024' }],
	['cn', 20026, { ...kolors, image_size: '0x1024' }],
	['cn', 20026, { ...kolors, image_size: '1920x1081' }],
	['cn', 20028, { ...kolors, num_inference_steps: 101 }],
	['cn', 20028, { ...kolors, num_inference_steps: 1.5 }],
	['cn', 20034, { ...kolors, seed: -1 }],
	['cn', 20034, { ...kolors, seed: 10_000_000_000 }],
	['cn', 20034, { ...kolors, seed: '7' }],
	['cn', 20034, { ...kolors, seed: null }],
	['cn', 20035, { ...kolors, batch_size: 5 }],
	['cn', 20015, { ...kolors, guidance_scale: 20.1 }],
	['cn', 20023, { ...kolors, image: 'file.png' }],
	['cn', 20015, [kolors]],
	['com', 20055, { ...kontext, input_image: 'https://example.com/a.png' }],
	['com', 20015, { ...kontext, safety_tolerance: 3, input_image: INPUT }],
	['com', 20015, { ...kontext, aspect_ratio: '22:9' }],
	['com', 20015, { ...flux, width: 1000 }],
	['com', 20026, { ...dev, image_size: '1537x1536' }],
	['com', 20012, kolors],
])('%s answers %i to %j', (site, code, body) => {
	expect(refusal(site, body)).toMatchObject({ code });
});

it('takes values exactly at the limits', () => {
	expect(refusal('cn', { ...kolors, image_size: '1920x1080', seed: 0 })).toBe('accepted');
	expect(refusal('com', { ...dev, image_size: '1536x1536' })).toBe('accepted');
	expect(refusal('com', { ...kontext, aspect_ratio: '9:21', safety_tolerance: 6 })).toBe(
		'accepted',
	);
});

it('has one model that no client knows, which takes anything', () => {
	for (const site of ['cn', 'com'] as const) {
		const body = { model: 'Acme/Tomorrow-1', prompt: 'a lighthouse', mood: { calm: true } };
		expect(refusal(site, body)).toBe('accepted');
		expect(refusal(site, { ...body, seed: -1 })).toMatchObject({ code: 20034 });
	}
});
