import { isRatioWithin } from '../../../nodes/SiliconFlowImage/contract/size';

/** How a ratio is written is tested with the field; here is where the two ends lie. */

it.each([
	['1:2', '1:2', '16:9', true],
	['16:9', '1:2', '16:9', true],
	['1:1', '1:2', '16:9', true],
	['500:1000', '1:2', '16:9', true],
	['499:1000', '1:2', '16:9', false],
	['1600:900', '1:2', '16:9', true],
	['1601:900', '1:2', '16:9', false],
	['9999:9999', '1:2', '16:9', true],
	['10000:9999', '1:2', '16:9', false],
	['9999:10000', '1:2', '16:9', false],
	['1:1', '1:1', '1:1', true],
	['2:3', '1:1', '16:9', false],
])('%s between %s and %s: %s', (ratio, narrowest, widest, expected) => {
	expect(isRatioWithin(ratio, narrowest, widest)).toBe(expected);
});
