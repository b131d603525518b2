import { normalizeSize } from '../../../nodes/SiliconFlowImage/contract/size';

it.each([
	['1024x768', '1024x768'],
	['1024X768', '1024x768'],
	['1024×768', '1024x768'],
	['1024*768', '1024x768'],
	['1024 x 768', '1024x768'],
	['\t1024x\n768 ', '1024x768'],
	['0512x512', '0512x512'],
	['1024x768x1', '1024x768x1'],
	['1024 768', '1024 768'],
	['-1x5', '-1x5'],
	['x768', 'x768'],
	[' custom ', 'custom'],
	['16:9', '16:9'],
	['', ''],
])('%j is spelled %j', (text, expected) => {
	expect(normalizeSize(text)).toBe(expected);
});
