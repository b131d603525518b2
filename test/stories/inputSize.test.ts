/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { INodeParameters } from 'n8n-workflow';
import type { Item } from '../../harness/engine/engine';
import { testImage } from '../../harness/engine/testImages';
import { MAX_INPUT_MEGABYTES } from '../../nodes/SiliconFlowImage/contract/inlineImage';
import { openWorkbench, type Workbench } from '../support/workbench';

/** An input image may have so many bytes and no more, wherever it comes from. */

const CAP = MAX_INPUT_MEGABYTES * 1024 * 1024;
const ABOVE = `${MAX_INPUT_MEGABYTES}.1 MB`;
const LIMIT = `the limit is ${MAX_INPUT_MEGABYTES} MB`;

const png = testImage('png');
const room = Buffer.alloc(3 * CAP);
png.copy(room);
/** What follows a PNG is ignored by image readers. */
const sized = (bytes: number) => room.subarray(0, bytes);
const base64 = (bytes: number) => sized(bytes).toString('base64');

let host: Server;
let origin: string;
beforeAll(async () => {
	host = createServer(({ url = '' }, response) => {
		const [, how, bytes] = url.split('/');
		const image = sized(Number(bytes));
		if (how === 'announced') response.setHeader('content-length', image.length);
		response.write(image);
		response.end();
	});
	await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
});
afterAll(async () => {
	await new Promise((resolve) => host.close(resolve));
});

type Source = [name: string, subject: string, of: (bytes: number) => [INodeParameters, Item]];

const SOURCES: Source[] = [
	[
		'a file',
		"'Input Data Field Name': the file in data",
		(bytes) => [
			{ source: 'binary', binaryPropertyName: 'data' },
			{ files: { data: { bytes: sized(bytes) } } },
		],
	],
	[
		'base64',
		"The image in 'Base64'",
		(bytes) => [
			{ source: 'base64', base64: '={{ $json.text }}' },
			{ json: { text: base64(bytes) } },
		],
	],
	[
		'a data URL',
		"The image in 'URL'",
		(bytes) => [
			{ source: 'url', url: '={{ $json.text }}' },
			{ json: { text: `data:image/png;base64,${base64(bytes)}` } },
		],
	],
	[
		'a URL',
		"'URL': the image at http://127.0.0.1",
		(bytes) => [{ source: 'url', url: `${origin}/announced/${bytes}` }, {}],
	],
	[
		'a URL that does not announce its size',
		"'URL': the image at http://127.0.0.1",
		(bytes) => [{ source: 'url', url: `${origin}/unannounced/${bytes}` }, {}],
	],
];

describe.each(['filesystem', 'default'] as const)('With binary data in %s mode', (binaryMode) => {
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench({ binaryMode, simulator: { site: 'com' } });
	});
	afterEach(() => bench.simulator.reset());
	afterAll(async () => await bench.close());

	const edit = async ([image, item]: [INodeParameters, Item]) =>
		await bench.step(
			{
				operation: 'edit',
				model: 'black-forest-labs/FLUX.1-Kontext-dev',
				prompt: 'make it blue',
				images: { image: [image] },
				options: { download: false },
			},
			{ items: [item] },
		);

	// Only files depend on the mode.
	const sources = binaryMode === 'filesystem' ? SOURCES : SOURCES.slice(0, 1);

	it.each(sources)('%s at the limit is sent', async (_name, _subject, of) => {
		const { error } = await edit(of(CAP));
		const { image } = bench.simulator.generations[0].body as { image: string };

		expect(error).toBeUndefined();
		expect(Buffer.from(image.slice(image.indexOf(',') + 1), 'base64')).toHaveLength(CAP);
	});

	it.each(sources)('%s of one byte more is refused', async (name, subject, of) => {
		const { error } = await edit(of(CAP + 1));
		const size = name.includes('not announce') ? `more than ${MAX_INPUT_MEGABYTES} MB` : ABOVE;

		expect(error?.message).toContain(subject);
		expect(error?.message).toContain(`is too large (${size}, and ${LIMIT})`);
		expect(error?.description).toContain("n8n's Edit Image step");
		expect(error?.context.itemIndex).toBe(0);
		expect(bench.simulator.requests).toEqual([]);
	});

	it('a file of any size is refused before it is loaded', async () => {
		const load = jest.spyOn(Container.get(BinaryDataService), 'getAsBuffer');
		const { error } = await edit([
			{ source: 'binary', binaryPropertyName: 'data' },
			{ files: { data: { bytes: sized(3 * CAP) } } },
		]);
		const loads = load.mock.calls.length;
		load.mockRestore();

		expect(error?.message).toContain(`(${3 * MAX_INPUT_MEGABYTES} MB, and ${LIMIT})`);
		expect(loads).toBe(0);
	});
});
