import fc from 'fast-check';
import { capabilitiesOf } from '../../nodes/SiliconFlowImage/contract/catalog';
import { MODELS, type ModelRow } from '../../nodes/SiliconFlowImage/contract/models';
import { parseSize, sizeLabel } from '../../nodes/SiliconFlowImage/contract/size';
import { editor, flux, generate, kolors, rulesOf } from './built';

it('The sizes of these models are those that SiliconFlow recommends, with its default first', () => {
	const zImage = ['1024x1024', '512x512', '768x1024', '1024x768', '576x1024', '1024x576'];
	const flux2 = ['512x512', '768x1024', '1024x768', '576x1024', '1024x576'];
	// The contract's own numbers: 1140 may be a typo, but it is what the contract says.
	const qwenImage = '1328x1328 1664x928 928x1664 1472x1140 1140x1472 1584x1056 1056x1584'.split(
		' ',
	);
	const tall = ['1024x1024', '960x1280', '768x1024', '720x1440', '720x1280'];

	const recommended = [
		['Kwai-Kolors/Kolors', 'cn', tall],
		['Qwen/Qwen-Image', 'cn', qwenImage],
		['Qwen/Qwen-Image-Edit', 'cn', undefined],
		['Qwen/Qwen-Image-Edit-2509', 'cn', undefined],
		['Tongyi-MAI/Z-Image', 'cn', zImage],
		['Tongyi-MAI/Z-Image-Turbo', 'cn', zImage],
		['black-forest-labs/FLUX.2-pro', 'com', flux2],
		['black-forest-labs/FLUX.2-flex', 'com', flux2],
		['black-forest-labs/FLUX.1-Kontext-max', 'com', undefined],
		['black-forest-labs/FLUX.1-Kontext-pro', 'com', undefined],
		['black-forest-labs/FLUX.1-Kontext-dev', 'com', undefined],
		[
			'black-forest-labs/FLUX-1.1-pro',
			'com',
			// The site names only the first; the others are common ratios in multiples of 32.
			['1024x768', '768x1024', '1024x1024', '1408x800', '800x1408'],
		],
		['black-forest-labs/FLUX-1.1-pro-Ultra', 'com', tall],
		[
			'black-forest-labs/FLUX.1-schnell',
			'com',
			['1024x1024', '512x1024', '768x512', '768x1024', '1024x576', '576x1024'],
		],
		['black-forest-labs/FLUX.1-dev', 'com', tall],
		['Qwen/Qwen-Image', 'com', qwenImage],
		['Qwen/Qwen-Image-Edit', 'com', undefined],
		['Tongyi-MAI/Z-Image-Turbo', 'com', ['512x512', '768x1024', '1024x576', '576x1024']],
	];
	const isListed = ({ id, site }: ModelRow) =>
		recommended.some((entry) => entry[0] === id && entry[1] === site);
	const offered = MODELS.filter(isListed).map(({ id, site, size }) => [id, site, size?.sizes]);

	expect(offered).toStrictEqual(recommended);
});

describe('A size', () => {
	it('is a width and a height of one to five digits', () => {
		const side = fc.integer({ min: 1, max: 99999 });
		fc.assert(
			fc.property(side, side, (width, height) => {
				expect(parseSize(`${width}x${height}`)).toStrictEqual({ width, height });
			}),
		);
	});

	it.each([
		'',
		'1024',
		'1024x',
		'x1024',
		'1024X1024',
		'1024*1024',
		'1024×1024',
		'1024 x 1024',
		' 1024x1024',
		'1024x1024\n',
		'1024x1024x1',
		'0x1024',
		'1024x0',
		'0512x512',
		'-512x512',
		'512.5x512',
		'1e3x512',
		'100000x1',
		'1:1',
	])('%j is not a size', (text) => {
		expect(parseSize(text)).toBeUndefined();
	});
});

describe('The label of a size names the nearest familiar ratio', () => {
	it.each([
		['1024x1024', '1024x1024 (1:1)'],
		['960x1280', '960x1280 (3:4)'],
		['768x1024', '768x1024 (3:4)'],
		['720x1440', '720x1440 (1:2)'],
		['720x1280', '720x1280 (9:16)'],
		['1328x1328', '1328x1328 (1:1)'],
		['1664x928', '1664x928 (16:9)'],
		['928x1664', '928x1664 (9:16)'],
		['1472x1140', '1472x1140 (4:3)'],
		['1140x1472', '1140x1472 (3:4)'],
		['1584x1056', '1584x1056 (3:2)'],
		['1056x1584', '1056x1584 (2:3)'],
		['2520x1080', '2520x1080 (21:9)'],
		['1080x2520', '1080x2520 (9:21)'],
		['2048x1024', '2048x1024 (2:1)'],
		// The middle of two ratios is where one is as many times too wide as the other is too narrow.
		['2162x1001', '2162x1001 (2:1)'],
		['2163x1001', '2163x1001 (21:9)'],
		['99999x1', '99999x1 (21:9)'],
		['1024 x 1024', '1024 x 1024'],
		['whatever', 'whatever'],
	])('%s', (size, label) => {
		expect(sizeLabel(size)).toBe(label);
	});
});

describe('What a model says about a size', () => {
	const recommended =
		'(recommended for this model: 1024x1024, 960x1280, 768x1024, 720x1440, 720x1280)';
	const notASize = `Image Size must be a width and a height in pixels, such as 1024x1024 ${recommended}`;

	it.each(['big', '1024', '', 7, null, true])('%j is refused with what is recommended', (size) => {
		// undefined means the model's default; anything else must be a text like 512x512.
		const built = generate(kolors, { size });

		if (size === null) expect(built).toHaveProperty('body.image_size', '1024x1024');
		else expect(rulesOf(built)).toStrictEqual(new Set([notASize]));
	});

	it.each(['1920x1080', '1080x1920', '1440x1440', '1x99999'])('%s is not too large', (size) => {
		expect(generate(kolors, { size })).toHaveProperty('body.image_size', size);
	});

	it.each(['1920x1081', '1441x1440', '99999x99999'])('%s is too large', (size) => {
		expect(rulesOf(generate(kolors, { size }))).toStrictEqual(
			new Set([`Image Size must have at most 2073600 pixels in total ${recommended}`]),
		);
	});

	it('a model that chooses the size itself gets none', () => {
		expect(generate(editor, { size: '1024x1024' })).not.toHaveProperty('body.image_size');
	});

	it('an unknown model gets a size only if one is set', () => {
		const unknown = capabilitiesOf('Acme/Tomorrow-1', 'cn');

		expect(generate(unknown, {})).toStrictEqual({ body: { model: unknown.id, prompt: 'a fox' } });
		expect(generate(unknown, { size: '9000x9000' })).toHaveProperty('body.image_size', '9000x9000');
		expect(rulesOf(generate(unknown, { size: 'big' }))).toStrictEqual(
			new Set(['Image Size must be a width and a height in pixels, such as 1024x1024']),
		);
	});
});

describe('A model that takes width and height', () => {
	const wide = flux('FLUX-1.1-pro');
	const body = { model: wide.id, prompt: 'a fox' };

	it('gets two numbers', () => {
		expect(generate(wide, {})).toStrictEqual({ body: { ...body, width: 1024, height: 768 } });
	});

	it.each([
		[256, 1440],
		[1440, 256],
		[288, 1408],
	])('%i x %i is taken', (width, height) => {
		const size = `${width}x${height}`;

		expect(generate(wide, { size })).toStrictEqual({ body: { ...body, width, height } });
	});

	it.each(['224x256', '256x1472', '255x256', '272x256', '256x1441', '1440x1424', 'large', '1024'])(
		'%s is refused, once and under the name of the field',
		(size) => {
			expect(generate(wide, { size })).toStrictEqual({
				violations: [
					{
						label: 'Image Size',
						rule: 'must have sides of 256 to 1440 pixels that are multiples of 32 (recommended for this model: 1024x768, 768x1024, 1024x1024, 1408x800, 800x1408)',
						value: size,
					},
				],
			});
		},
	);
});

describe('A model with a fixed list of sizes', () => {
	it.each([
		['FLUX.2-pro', '512x512, 768x1024, 1024x768, 576x1024, 1024x576'],
		['FLUX.2-flex', '512x512, 768x1024, 1024x768, 576x1024, 1024x576'],
		['FLUX.1-schnell', '1024x1024, 512x1024, 768x512, 768x1024, 1024x576, 576x1024'],
	])('%s takes each of them, and lists them when it refuses another', (name, sizes) => {
		const closed = flux(name);
		for (const size of sizes.split(', ')) {
			expect(generate(closed, { size })).toHaveProperty('body.image_size', size);
		}
		for (const size of ['640x480', '1664x928', '512x512 ', '0512x512', 'large', '', 7]) {
			expect(rulesOf(generate(closed, { size }))).toStrictEqual(
				new Set([`Image Size must be one of ${sizes}`]),
			);
		}
	});
});

it.each([
	['1536x1536', true],
	['2359296x1', false],
	['1536x1537', false],
])('FLUX.1-dev takes up to 2359296 pixels: %s', (size, isTaken) => {
	expect('body' in generate(flux('FLUX.1-dev'), { size })).toBe(isTaken);
});
