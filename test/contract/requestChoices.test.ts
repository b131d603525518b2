import { edit, flux, generate, rulesOf } from './built';

/** Ratios, formats, switches, and fields that depend on another field. */

const IMAGE = 'data:image/png;base64,iVBORw0KGgo=';
const kontext = flux('FLUX.1-Kontext-pro');
const ultra = flux('FLUX-1.1-pro-Ultra');
const dev = flux('FLUX.1-dev');

describe('Aspect Ratio', () => {
	it('is taken from 9:21 to 21:9', () => {
		for (const ratio of ['21:9', '9:21', '1:1', '16:9', '7:3', '3:7', '2100:900', '1999:1000']) {
			expect(generate(kontext, { fields: { aspect_ratio: ratio } })).toStrictEqual({
				body: { model: kontext.id, prompt: 'a fox', aspect_ratio: ratio },
			});
		}
	});

	it.each([
		...['22:9', '9:22', '2101:900', '0:1', '1:0', '0:0', '16x9', '16/9', '16:9:1', '16 : 9'],
		...['-16:-9', '1.5:1', '016:9', '16:9\n', '16:', ':9', ':', 'wide', '', 1.5, true, {}],
	])('%j is refused', (ratio) => {
		expect(generate(kontext, { fields: { aspect_ratio: ratio } })).toStrictEqual({
			violations: [
				{
					label: 'Aspect Ratio',
					rule: 'must be a ratio such as 16:9, between 9:21 and 21:9',
					value: ratio,
				},
			],
		});
	});

	it('replaces the size, even an invalid one', () => {
		const fields = { aspect_ratio: '16:9' };
		const body = { model: ultra.id, prompt: 'a fox', ...fields };

		expect(generate(ultra, { fields })).toStrictEqual({ body });
		expect(generate(ultra, { size: '720x1440', fields })).toStrictEqual({ body });
		expect(generate(ultra, { size: '9999x9999', fields })).toStrictEqual({ body });
		expect(rulesOf(generate(ultra, { size: '9999x9999' })).size).toBe(1);
	});
});

describe('Output Format', () => {
	it.each(['png', 'jpeg'])('%s is taken', (format) => {
		const built = generate(kontext, { fields: { output_format: format } });

		expect(built).toHaveProperty('body.output_format', format);
	});

	it.each(['jpg', 'PNG', 'webp', '', 1, true])('%j is refused', (format) => {
		expect(rulesOf(generate(kontext, { fields: { output_format: format } }))).toStrictEqual(
			new Set(['Output Format must be png or jpeg']),
		);
	});
});

it.each([
	['prompt_upsampling', 'Prompt Upsampling', kontext],
	['prompt_enhancement', 'Prompt Enhancement', dev],
	['raw', 'Raw', ultra],
] as const)('%s is true or false', (name, label, model) => {
	for (const value of [true, false]) {
		expect(generate(model, { fields: { [name]: value } })).toHaveProperty(`body.${name}`, value);
	}
	for (const value of ['true', 'yes', 1, 0, {}]) {
		expect(rulesOf(generate(model, { fields: { [name]: value } }))).toStrictEqual(
			new Set([`${label} must be true or false`]),
		);
	}
});

describe('Safety Tolerance with an input image', () => {
	const images = [IMAGE];

	it.each(['FLUX.1-Kontext-max', 'FLUX.1-Kontext-pro'])('is at most 2 for %s', (name) => {
		const model = flux(name);
		const fields = { safety_tolerance: 3 };

		expect(edit(model, { images, fields: { safety_tolerance: 2 } })).toHaveProperty('body');
		expect(rulesOf(edit(model, { images, fields }))).toStrictEqual(
			new Set(['Safety Tolerance must be a whole number from 0 to 2']),
		);
		expect(generate(model, { fields })).toHaveProperty('body.safety_tolerance', 3);
	});

	it.each(['FLUX-1.1-pro', 'FLUX-1.1-pro-Ultra'])('is at most 6 for %s', (name) => {
		const taken = edit(flux(name), { images, fields: { safety_tolerance: 6 } });

		expect(taken).toHaveProperty('body.safety_tolerance', 6);
	});
});

it('FLUX.1-dev gets 20 steps when none are set, and no other model gets any', () => {
	expect(generate(dev, {})).toHaveProperty('body.num_inference_steps', 20);
	expect(generate(dev, { fields: { num_inference_steps: 7 } })).toHaveProperty(
		'body.num_inference_steps',
		7,
	);
	expect(generate(flux('FLUX.2-flex'), {})).not.toHaveProperty('body.num_inference_steps');
});

it.each([
	['FLUX.1-Kontext-max', 'input_image'],
	['FLUX.1-Kontext-dev', 'image'],
	['FLUX-1.1-pro', 'image_prompt'],
	['FLUX-1.1-pro-Ultra', 'image_prompt'],
])('%s takes its image as %s, and no URL', (name, wire) => {
	expect(edit(flux(name), { images: [IMAGE] })).toHaveProperty(`body.${wire}`, IMAGE);
	expect(rulesOf(edit(flux(name), { images: ['https://a.example/1.png'] }))).toStrictEqual(
		new Set(['Images must be an image']),
	);
});
