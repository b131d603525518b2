import { capabilitiesOf } from '../../../nodes/SiliconFlowImage/contract/catalog';
import { nearestSize, parseRatio, ratiosOf } from '../../../nodes/SiliconFlowImage/contract/size';

const kolors = capabilitiesOf('Kwai-Kolors/Kolors', 'cn');
const schnell = capabilitiesOf('black-forest-labs/FLUX.1-schnell', 'com');
const zImage = capabilitiesOf('Tongyi-MAI/Z-Image', 'cn');
const multiples = capabilitiesOf('black-forest-labs/FLUX-1.1-pro', 'com');
const unknown = capabilitiesOf('Acme/Tomorrow-1', 'cn');

it.each([
	['16:9', 16 / 9],
	['16 : 9', 16 / 9],
	[' 9:16 ', 9 / 16],
	['2.35:1', 2.35],
	['9999:1', 9999],
	['0:1', undefined],
	['1:0', undefined],
	['0:0', undefined],
	['1:1:1', undefined],
	['10000:1', undefined],
	['-1:2', undefined],
	['1e3:1', undefined],
	['16x9', undefined],
	['', undefined],
])('%j is the ratio %s', (text, ratio) => {
	expect(parseRatio(text)).toBe(ratio);
});

it.each([
	[kolors, 1, { size: '1024x1024', fits: true }],
	// Of several sizes with a ratio, the first is taken, as it stands before it is turned.
	[kolors, 3 / 4, { size: '960x1280', fits: true }],
	[kolors, 4 / 3, { size: '1280x960', fits: true }],
	[kolors, 16 / 9, { size: '1280x720', fits: true }],
	[kolors, 5 / 4, { size: '1280x960', fits: false }],
	[kolors, 100, { size: '1440x720', fits: false }],
	[kolors, 1 / 100, { size: '720x1440', fits: false }],
	// Five percent in either direction still have the ratio.
	[kolors, 1.049, { size: '1024x1024', fits: true }],
	[kolors, 1.051, { size: '1024x1024', fits: false }],
	[kolors, 1 / 1.051, { size: '1024x1024', fits: false }],
	[schnell, 2, { size: '1024x576', fits: false }],
	[schnell, 3 / 2, { size: '768x512', fits: true }],
	[multiples, 16 / 9, { size: '1408x800', fits: true }],
	[unknown, 1, undefined],
])('%#: the nearest size', (model, ratio, nearest) => {
	expect(nearestSize(model, ratio)).toStrictEqual(nearest);
});

// An area in pixels decides between sizes of the same shape, as they are and turned.
it.each([
	[kolors, 3 / 4, 768 * 1024, '768x1024'],
	[kolors, 3 / 4, 1140 * 1472, '960x1280'],
	[kolors, 4 / 3, 768 * 1024, '1024x768'],
	[zImage, 1, 600 * 600, '512x512'],
	[zImage, 1, 1328 * 1328, '1024x1024'],
	// The shape comes first, whatever the area.
	[kolors, 9 / 16, 1024 * 1024, '720x1280'],
	[schnell, 3 / 2, 1056 * 1584, '768x512'],
])('%#: the nearest size in shape, then in area', (model, ratio, pixels, size) => {
	expect(nearestSize(model, ratio, pixels)).toMatchObject({ size });
});

it.each([
	[kolors, ['1:1', '3:4', '1:2', '9:16', '4:3', '2:1', '16:9']],
	[schnell, ['1:1', '1:2', '3:2', '3:4', '16:9', '9:16']],
	[unknown, []],
])('%#: the ratios of a model', (model, ratios) => {
	expect(ratiosOf(model)).toStrictEqual(ratios);
});
