import fc from 'fast-check';
import { testImage } from '../../harness/engine/testImages';
import { readEvents } from '../../nodes/SiliconFlowImage/contract/eventStream';
import {
	parseJson,
	readFailure,
	readImagesReply,
	saysError,
} from '../../nodes/SiliconFlowImage/contract/response';
import { anyCharacter } from '../support/anyCharacter';
import { cpuMs } from '../support/cpuTime';

const A = 'https://s3.example/a.png';
const B = 'https://s3.example/b.png';
const URL = 'https://gateway.example/api/v1/images/generations';
const PNG = testImage('png').toString('base64');
const answer = JSON.stringify({ images: [{ url: A }], seed: 7, timings: { inference: 2 } });

describe('An event stream holds the answer', () => {
	it.each([
		['in one event', `data: ${answer}\n\n`],
		['before the end of the stream', `data: ${answer}\n\ndata: [DONE]\n\n`],
		['without a blank', `data:${answer}\n\ndata:[DONE]\n\n`],
		['with the endings of Windows', `data: ${answer}\r\n\r\ndata: [DONE]\r\n\r\n`],
		['with the endings of old Macs', `data: ${answer}\r\rdata: [DONE]\r\r`],
		['without a line ending', `data: ${answer}`],
		['behind a byte order mark', `\ufeffdata: ${answer}\n\n`],
		['with the other fields', `event: result\nid: 1\nretry: 10\ndata: ${answer}\n\n`],
		['behind signs of life', `: ping\n\n: ping\n\nevent: ping\ndata: {}\n\ndata: ${answer}\n\n`],
		['behind the progress', `data: {"progress":50,"message":"drawing"}\n\ndata: ${answer}\n\n`],
		['behind something that is no JSON', `data: queued\n\ndata: ${answer}\n\n`],
		['in several lines', `data: ${answer.replace(',"seed"', '\ndata: ,"seed"')}\n\n`],
		['without blank lines', `data: {"status":"drawing"}\ndata: ${answer}\ndata: [DONE]\n`],
		['twice', `data: ${answer}\n\nevent: done\ndata: ${answer}\n\n`],
		['behind an early list without images', `data: {"images":[]}\n\ndata: ${answer}\n\n`],
	])('%s', (_name, text) => {
		expect(readImagesReply(text, { requestUrl: URL })).toStrictEqual({
			images: [{ url: A }],
			inferenceSeconds: 2,
			seed: 7,
		});
	});

	it.each<[string, string[], object[]]>([
		['an image an event', [`{"images":["${A}"]}`, `{"images":["${B}"]}`], [{ url: A }, { url: B }]],
		['a growing list', [`{"data":["${A}"]}`, `{"data":["${A}","${B}"]}`], [{ url: A }, { url: B }]],
		['an image by itself', [`{"url":"${A}"}`], [{ url: A }]],
		[
			'OpenAI: no preview',
			[
				`{"type":"image_generation.partial_image","b64_json":"${testImage('png', 1).toString('base64')}"}`,
				`{"type":"image_generation.completed","b64_json":"${PNG}"}`,
			],
			[{ base64: PNG }],
		],
		['a data URL', [`{"images":[{"url":"data:image/png;base64,${PNG}"}]}`], [{ base64: PNG }]],
		[
			'a relative link',
			['{"images":[{"url":"/a.png"}]}'],
			[{ url: 'https://gateway.example/a.png' }],
		],
	])('%s', (_name, events, images) => {
		const text = events.map((event) => `data: ${event}\n\n`).join('');

		expect(readImagesReply(text, { requestUrl: URL })?.images).toStrictEqual(images);
	});

	it.each([
		['nothing', ''],
		['signs of life', ': ping\n\ndata: {}\n\ndata: [DONE]\n\n'],
		['a link in words', `data: ${A}\n\n`],
		['a preview alone', `data: {"type":"image_generation.partial_image","b64_json":"${PNG}"}\n\n`],
		['no stream but a text', `the data: ${answer}`],
		['a data URL', `data:image/png;base64,${PNG}`],
	])('and no image: %s', (_name, text) => {
		expect(readImagesReply(text, { requestUrl: URL })).toBeUndefined();
	});
});

it.each<[string, string, boolean, string]>([
	[
		'an event of OpenAI',
		'event: error\ndata: {"type":"error","error":{"message":"No."}}',
		true,
		'No.',
	],
	[
		'a coded event',
		'data: {}\n\ndata: {"code":50505,"message":"Busy."}\n\ndata: [DONE]',
		true,
		'Busy.',
	],
	[
		'an event that ends it',
		'data: {"message":"queued"}\n\ndata: {"message":"left"}',
		false,
		'left',
	],
])('The words of a stream without an image: %s', (_name, text, isError, words) => {
	expect(readFailure(text).message).toBe(words);
	expect(saysError(text)).toBe(isError);
});

/** Whatever the pieces, in any order and number. */
const anyText = fc
	.array(
		fc.oneof(
			fc.constantFrom('data:', 'data: ', '\n', '\r', '\r\n', '\n\n', ':', '[DONE]', 'event: x'),
			fc.constantFrom(answer, '{"images":[{"url":"', '"}]}', '{"error":', '{}', 'null', '\ufeff'),
			fc.json(),
			fc.string({ unit: anyCharacter, maxLength: 5 }),
		),
		{ maxLength: 40 },
	)
	.map((parts) => parts.join(''));

it('Whatever a reply is, reading it throws nothing', () => {
	fc.assert(
		fc.property(anyText, (text) => {
			const reply = readImagesReply(text, { requestUrl: URL });
			expect(reply?.images.length).not.toBe(0);
			expect(typeof saysError(text)).toBe('boolean');
			expect(readFailure(text).message.length).toBeLessThanOrEqual(500);
		}),
		{ numRuns: 500 },
	);
});

it('Whatever the values, a stream of them gives them back', () => {
	const endings = fc.constantFrom('\n', '\r\n', '\r');
	fc.assert(
		fc.property(fc.array(fc.jsonValue(), { maxLength: 20 }), endings, (values, ending) => {
			const lines = values.map((value) => `data: ${JSON.stringify(value)}${ending}${ending}`);
			expect(readEvents(lines.join(''), parseJson)).toEqual(
				values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
			);
		}),
	);
});

it('The answer is found behind any number of lines, in linear time', () => {
	const start = cpuMs();
	for (const line of [
		'\n',
		'\r',
		': ping\n',
		'data: {}\n\n',
		'data:\r',
		'data:data:',
		'data: {\n',
	]) {
		const text = `${line.repeat(200_000)}\n\ndata: ${answer}\n\n`;
		expect(readImagesReply(text, { requestUrl: URL })?.images).toStrictEqual([{ url: A }]);
	}
	expect(cpuMs() - start).toBeLessThan(2_000);
});
