import type { Capabilities } from '../../../nodes/SiliconFlowImage/contract/catalog';
import { sizeViolation } from '../../../nodes/SiliconFlowImage/contract/size';

/** The rules a row of the table may have, one by one; what today's rows say is tested with them. */

const taking = (size: Partial<Capabilities['size'] & object>): Capabilities => ({
	id: 'Acme/Painter-2',
	known: true,
	trait: 'oil paintings',
	summary: 'Oil paintings',
	operations: ['generate'],
	size: { sentAs: 'image_size', sizes: ['512x512'], ...size },
	fields: {},
	imagesPerRequest: 1,
});

const RECOMMENDED = ' (recommended for this model: 512x512)';
const NO_SIZE = `must be a width and a height in pixels, such as 1024x1024${RECOMMENDED}`;
const SIDES = `must have sides of 256 to 1024 pixels that are multiples of 32${RECOMMENDED}`;
const PIXELS = `must have at most 262144 pixels in total${RECOMMENDED}`;

const anySize = taking({});
const sides = taking({ side: { min: 256, max: 1024, multipleOf: 32 } });
const pixels = taking({ maxPixels: 262_144 });
const both = taking({ ...sides.size, maxPixels: 262_144 });
const closed = taking({ listedOnly: true, sizes: ['512x512', '1024x768'] });

it.each([
	['any size', '99999x1', anySize, undefined],
	['any size', 'large', anySize, NO_SIZE],
	['limited sides', '256x1024', sides, undefined],
	['limited sides', '1024x256', sides, undefined],
	['limited sides', '224x512', sides, SIDES],
	['limited sides', '512x224', sides, SIDES],
	['limited sides', '1056x512', sides, SIDES],
	['limited sides', '512x1056', sides, SIDES],
	['limited sides', '500x512', sides, SIDES],
	['limited sides', '512x500', sides, SIDES],
	['limited sides', 'large', sides, SIDES],
	['limited pixels', '512x512', pixels, undefined],
	['limited pixels', '262144x1', pixels, NO_SIZE],
	['limited pixels', '65536x4', pixels, undefined],
	['limited pixels', '512x513', pixels, PIXELS],
	['both', '512x512', both, undefined],
	['both', '1024x256', both, undefined],
	['both', '544x512', both, PIXELS],
	['both', '1056x256', both, SIDES],
	['its own sizes', '1024x768', closed, undefined],
	['its own sizes', '768x1024', closed, 'must be one of 512x512, 1024x768'],
	['its own sizes', 'large', closed, 'must be one of 512x512, 1024x768'],
])('A model that takes %s, asked for %s', (_rules, size, model, expected) => {
	expect(sizeViolation(size, model)).toBe(expected);
});

it('A model that recommends no size has none named', () => {
	expect(sizeViolation('', taking({ sizes: [] }))).toBe(
		'must be a width and a height in pixels, such as 1024x1024',
	);
});
