import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IBinaryData, INodeParameters } from 'n8n-workflow';
import { dataUrlOf, testImage } from '../../harness/engine/testImages';
import { until } from '../support/until';
import { openWorkbench, type Workbench } from '../support/workbench';

/**
 * Files as Code steps and broken storages leave them. An item holds what a step put there, in any shape:
 * each is understood, or refused in words before anything is sent.
 */

const png = testImage('png');
const jpeg = testImage('jpeg', 1);
const base64 = png.toString('base64');
const [PNG, JPEG] = [dataUrlOf(png), dataUrlOf(jpeg, 'jpeg')];
const asJson = (bytes: Buffer): unknown => JSON.parse(JSON.stringify(bytes));

const edit = (binaryPropertyName: INodeParameters[string] = 'data'): INodeParameters => ({
	operation: 'edit',
	prompt: 'make it blue',
	images: { image: [{ source: 'binary', binaryPropertyName }] },
});

describe.each(['filesystem', 'default'] as const)('With binary data in %s mode', (binaryMode) => {
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench({ binaryMode });
	});
	afterEach(() => bench.simulator.reset());
	afterAll(async () => await bench.close());

	const sent = () =>
		bench.simulator.generations.map(({ body }) => (body as { image: string }).image);

	it.each<[string, unknown, string]>([
		['without a type', { data: base64 }, PNG],
		['with a type that is wrong', { data: base64, mimeType: 'image/jpeg' }, PNG],
		['with a type that is no text', { data: base64, mimeType: 7 }, PNG],
		['with an id that is empty', { data: base64, id: '', mimeType: 'image/png' }, PNG],
		['whose data are bytes', { data: png, mimeType: 'image/png' }, PNG],
		['whose data are bytes without a type', { data: new Uint8Array(jpeg) }, JPEG],
		['whose data are bytes written as JSON', { data: asJson(png), mimeType: 'image/png' }, PNG],
		['whose data are a data URL', { data: PNG, mimeType: 'image/png' }, PNG],
		['that is bytes alone', jpeg, JPEG],
		['that is bytes alone, written as JSON', asJson(jpeg), JPEG],
		['that is a buffer of an array', new Uint8Array(png).buffer, PNG],
		['that is base64 alone', base64, PNG],
		['that is a data URL alone', PNG, PNG],
	])('a file %s is sent as what it is', async (_name, data, expected) => {
		const { error } = await bench.step(edit(), { items: [{ binary: { data } }] });

		expect(error).toBeUndefined();
		expect(sent()).toStrictEqual([expected]);
	});

	it.each<[string, unknown, RegExp]>([
		['null', null, /data holds no file, but null$/],
		['a number', 7, /data holds no file, but 7$/],
		['a switch', true, /data holds no file, but true$/],
		['an empty text', '', /data holds no file, but empty$/],
		['a list', [base64], /data holds no file, but \["iVBOR/],
		['an object of another kind', { url: 'https://a.example' }, /data holds no file, but \{"url"/],
		['a type without data', { mimeType: 'image/png' }, /data holds no file, but \{"mimeType"/],
		['data of another kind', { mimeType: 'image/png', data: 7 }, /data holds no file, but/],
		['a buffer that is none', { type: 'Buffer', data: 'AAAA' }, /is not an image$/],
		['words', 'a letter to you', /the file in data is not an image$/],
		['words as data', { data: 'a letter', mimeType: 'image/png' }, /is not an image \(its content/],
		['no content', { data: '', mimeType: 'image/png' }, /the file in data is empty$/],
		['no bytes', { data: Buffer.alloc(0), mimeType: 'image/png' }, /the file in data is empty$/],
		['no bytes as data URL', { data: 'data:image/png;base64,' }, /the file in data is empty$/],
		['another kind of file', { data: 'JVBERi0xLjc=' }, /the file in data is not an image$/],
		['base64 of a form', { data: base64.slice(0, 41) }, /kept as Base64 text that has a length/],
		[
			'base64 that is cut off',
			{ data: base64.slice(0, 80) },
			/that holds an image that is not comp/,
		],
		[
			'two images in a row',
			{ data: `${base64}==${base64}` },
			/Base64 text that goes on after the pad/,
		],
	])('%s is refused, and nothing else of the run is paid for', async (_name, data, message) => {
		const items = [{ binary: { data: { data: base64 } } }, { binary: { data } }];
		const { error } = await bench.step(edit(), { items });

		expect(error?.message).toMatch(/^'Input Data Field Name': /);
		expect(error?.message).toMatch(message);
		expect(error?.description).toBeTruthy();
		expect(error?.context.itemIndex).toBe(1);
		expect(bench.simulator.requests).toEqual([]);
	});

	it.each<[string, Buffer]>([
		['PNG', png],
		['JPEG', jpeg],
	])('a %s that n8n keeps is sent as it is, although its end is missing', async (_name, whole) => {
		const format = whole === png ? 'png' : 'jpeg';
		for (let cut = 2; cut < 5; cut++) {
			const bytes = whole.subarray(0, whole.length - cut);
			const { error } = await bench.step(edit(), { items: [{ files: { data: { bytes } } }] });

			expect(error).toBeUndefined();
			expect(sent()).toStrictEqual([dataUrlOf(bytes, format)]);
			bench.simulator.reset();
		}
	});

	it('what is no file says how a step makes one', async () => {
		const { error } = await bench.step(edit(), { items: [{ binary: { data: 7 } }] });

		expect(error?.description).toContain('this.helpers.prepareBinaryData(buffer, "image.png")');
		expect(error?.description).toContain('Convert to File');
	});

	it.each<[string, unknown]>([
		['a text', 'photo.png'],
		['a list', ['a']],
		['nothing', null],
	])('%s in place of all files is refused', async (_name, binary) => {
		const items = [{ binary: binary as Record<string, unknown> }];
		const { error } = await bench.step(edit(), { items });

		expect(error?.message).toBe('This item has no file in a field named "data"');
		expect(bench.simulator.requests).toEqual([]);
	});

	it.each<[string, string]>([
		['={{ $json.buffer }}', PNG],
		['={{ $json.file }}', PNG],
		['={{ [$json.typeless] }}', PNG],
		['={{ ({ data: $json.typeless.data, fileName: "a.png" }) }}', PNG],
	])('%s is a file by its shape', async (expression, expected) => {
		const json = {
			buffer: asJson(png) as never,
			file: { mimeType: 'image/png', data: asJson(png) as never },
			typeless: { data: base64 },
		};
		const { error } = await bench.step(edit(expression), { items: [{ json }] });

		expect(error).toBeUndefined();
		expect(sent()).toStrictEqual([expected]);
	});

	it.each(['Array(2000).fill("data")', 'Array(40).fill(Array(40).fill("data"))'])(
		'a list without end is refused: %s',
		async (list) => {
			const { error } = await bench.step(edit(`={{ ${list} }}`), { items: [{ json: {} }] });

			expect(error?.message).toBe("'Input Data Field Name' gives a list of more than 1000 values");
			expect(bench.simulator.requests).toEqual([]);
		},
	);
});

describe('A stored file', () => {
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench({ binaryMode: 'filesystem' });
	});
	afterEach(() => bench.simulator.reset());
	afterAll(async () => await bench.close());

	const stored = async (bytes: Buffer) =>
		await Container.get(BinaryDataService).store(
			{ type: 'execution', workflowId: 'workflow-1', executionId: '1' },
			bytes,
			{ mimeType: 'image/png', data: '' },
		);
	const one = { executionOptions: { concurrency: 1 } };

	it('without a type is sent, however many bytes n8n reads of it at a time', async () => {
		const { id, data } = await stored(jpeg);
		const { error } = await bench.step(edit(), { items: [{ binary: { data: { id, data } } }] });

		expect(error).toBeUndefined();
		expect(bench.simulator.generations.map(({ body }) => body)).toMatchObject([{ image: JPEG }]);
	});

	it('that is empty is called empty', async () => {
		const file = await stored(Buffer.alloc(0));
		const { error } = await bench.step(edit(), { items: [{ binary: { data: file } }] });

		expect(error?.message).toBe("'Input Data Field Name': the file in data is empty");
		expect(bench.simulator.requests).toEqual([]);
	});

	const afterFirst = async (second: IBinaryData, change: () => Promise<void>) => {
		const first = await stored(png);
		bench.simulator.fault({ delayMs: 300 });
		const items = [{ binary: { data: first } }, { binary: { data: second } }];
		const run = bench.step({ ...edit(), ...one }, { items, onError: 'continueRegularOutput' });
		await until(() => bench.simulator.generations.length + bench.simulator.inFlight > 0);
		await change();
		return await run;
	};

	it('that is gone when its turn comes is a refusal of its item, and nothing is billed', async () => {
		const file = await stored(jpeg);
		const { items } = await afterFirst(file, async () => {
			await Container.get(BinaryDataService).deleteManyByBinaryDataId([file.id!]);
		});

		expect(items[0].binary).toBeDefined();
		expect(items[1].json.error).toBe(
			"'Input Data Field Name': the file in data can no longer be read from n8n's binary storage",
		);
		expect(items[1].json.details).toContain('The request was not sent.');
		expect(JSON.stringify(items[1].json)).not.toMatch(/billed|report/);
		expect(bench.simulator.generations).toHaveLength(1);
	});
});
