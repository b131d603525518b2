import type { INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Where an input image comes from, and URLs and base64 in the forms that expressions give them in. */

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const png = testImage('png');
const base64 = png.toString('base64');
const dataUrl = `data:image/png;base64,${base64}`;
const url = 'https://images.example.com/cat.png';
const json = { url, base64, dataUrl };

const step = async (...image: INodeParameters[]) =>
	await bench.step(
		{
			operation: 'edit',
			model: 'Qwen/Qwen-Image-Edit-2509',
			prompt: 'make it blue',
			images: { image },
		},
		{ items: [{ json, files: { data: { bytes: testImage('jpeg') } } }] },
	);
const sent = () => {
	const { image, image2, image3 } = bench.simulator.generations[0].body as Record<string, string>;
	return [image, image2, image3].filter((text) => text !== undefined);
};

describe('Source', () => {
	it.each([
		['URL', url],
		['url', url],
		[' Url ', url],
		['base64', dataUrl],
		['Base64', dataUrl],
		['BASE64', dataUrl],
		['binary', expect.stringMatching(/^data:image\/jpeg/)],
		['BINARY', expect.stringMatching(/^data:image\/jpeg/)],
		['Binary Data', expect.stringMatching(/^data:image\/jpeg/)],
	])('%j by expression is understood', async (source, expected: unknown) => {
		const entry = { source: `={{ ${JSON.stringify(source)} }}`, url, base64 };
		const { error } = await step(entry);

		expect(error).toBeUndefined();
		expect(sent()).toEqual([expected]);
	});

	it.each([
		['"file"', 'but is file'],
		['"http"', 'but is http'],
		['""', 'must be Binary Data or URL or Base64'],
		['undefined', 'but is not set'],
		['null', 'but is null'],
		['["url"]', 'but is ["url"]'],
		['{ toString: "url" }', 'but is {'],
		['"constructor"', 'but is constructor'],
	])('%s is refused by name, and data is not edited in its place', async (source, words) => {
		const { error } = await step({ source: `={{ ${source} }}`, url, base64 });

		expect(error?.message).toMatch(/^'Source' must be Binary Data or URL or Base64/);
		expect(error?.message).toContain(words);
		expect(error?.description).toContain('binary, url, base64');
		expect(bench.simulator.requests).toEqual([]);
	});
});

describe('A data URL', () => {
	it.each(['base64', 'url'])('may have blanks and line breaks around it: %s', async (source) => {
		const { error } = await step({ source, [source]: `={{ "\\n  " + $json.dataUrl + " \\n" }}` });

		expect(error).toBeUndefined();
		expect(sent()).toStrictEqual([dataUrl]);
	});

	it.each(['base64', 'url'])('may begin in capitals: %s', async (source) => {
		await step({ source, [source]: `={{ $json.dataUrl.replace("data:", "DATA:") }}` });

		expect(sent()).toStrictEqual([dataUrl]);
	});
});

describe('A list', () => {
	it('of URLs is an image each', async () => {
		await step({ source: 'url', url: '={{ [$json.url + "?1", $json.url + "?2"] }}' });

		expect(sent()).toStrictEqual([`${url}?1`, `${url}?2`]);
	});

	it('of base64 texts is an image each', async () => {
		const other = testImage('png', 4).toString('base64');
		await step({ source: 'base64', base64: `={{ ["${other}", $json.base64] }}` });

		expect(sent()).toStrictEqual([`data:image/png;base64,${other}`, dataUrl]);
	});

	it.each([
		['url', '[]', "'URL' is empty"],
		['url', '["https://a.example/1", ""]', "'URL' is empty"],
		['url', '$json', "'URL' must be text, but is {"],
		['url', '[$json.url, 7]', "'URL' must be text, but is 7"],
		['base64', '[]', "'Base64' is empty"],
		['base64', '{ a: 1 }', "'Base64' must be text, but is {"],
	])('of something else is refused: %s %s', async (source, value, message) => {
		const { error } = await step({ source, [source]: `={{ ${value} }}` });

		expect(error?.message).toContain(message);
		expect(bench.simulator.requests).toEqual([]);
	});
});

describe('The same image is not sent twice', () => {
	it.each<[string, INodeParameters[], string]>([
		[
			'as base64 and as data URL',
			[
				{ source: 'base64', base64 },
				{ source: 'url', url: '={{ $json.dataUrl }}' },
			],
			"the image in 'URL'",
		],
		[
			'as base64 in both alphabets',
			[
				{ source: 'base64', base64 },
				{ source: 'base64', base64: png.toString('base64url') },
			],
			"the image in 'Base64'",
		],
	])('%s', async (_name, entries, title) => {
		const { error } = await step(...entries);

		expect(error?.message).toBe(`'Images' has the same image twice: ${title}`);
		expect(error?.description).toMatch(/^Replace it or remove it\./);
		expect(bench.simulator.requests).toEqual([]);
	});

	it('but a URL is, with a hint, because it may lead to another image each time', async () => {
		const { error, hints } = await step({ source: 'url', url }, { source: 'url', url: ` ${url}` });

		expect(error).toBeUndefined();
		expect(sent()).toStrictEqual([url, url]);
		expect(hints.map(({ message }) => message)).toStrictEqual([
			`'Images' has the image at ${url} more than once, and it was sent each time`,
		]);
	});

	it('in one item; another item may have it too', async () => {
		const image = [
			{ source: 'base64', base64 },
			{ source: 'url', url },
		];
		const { error, hints } = await bench.step(
			{
				operation: 'edit',
				model: 'Qwen/Qwen-Image-Edit-2509',
				prompt: 'make it blue',
				images: { image },
			},
			{ items: [{}, {}] },
		);

		expect(error).toBeUndefined();
		expect(bench.simulator.generations).toHaveLength(2);
		expect(hints).toStrictEqual([]);
	});
});
