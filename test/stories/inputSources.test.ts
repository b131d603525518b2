import type { INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { failures } from '../../simulator';
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

describe('Base64', () => {
	const asForm = base64.replaceAll('+', ' ');

	it.each(['base64', 'url'])(
		'from a form that is not encoded is sent as it was: %s',
		async (source) => {
			const text = source === 'url' ? `data:image/png;base64,${asForm}` : asForm;
			const { error } = await step({ source, [source]: `={{ ${JSON.stringify(text)} }}` });

			expect(asForm).toContain(' ');
			expect(error).toBeUndefined();
			expect(sent()).toStrictEqual([dataUrl]);
		},
	);

	it.each<[string, string, string, string]>([
		['cut off', base64.slice(0, 120), 'holds an image that is not complete', 'as a file'],
		['cut off within a byte', base64.slice(0, 121), 'has a length that no base64 has', 'as JSON'],
		['two images in a row', `${base64}==${base64}`, 'goes on after the padding', 'of its own'],
		[
			'blanks that may be pluses',
			`${base64.replace(/=+$/, '')}${'A'.repeat(4 - (base64.replace(/=+$/, '').length % 4))}AAAA A A A AAAA`,
			'has blanks inside, which may have been + characters',
			'encodeURIComponent',
		],
	])('that cannot be right is refused: %s', async (_name, text, message, advice) => {
		const { error } = await step({ source: 'base64', base64: text });

		expect(error?.message).toContain(`The text in 'Base64' ${message}`);
		expect(error?.description).toContain(advice);
		expect(error?.description).toContain('The request was not sent.');
		expect(bench.simulator.requests).toEqual([]);
	});

	it.each(['base64', 'url'])(
		'of a JPEG without its end is sent with a hint where the text is whole: %s',
		async (source) => {
			const jpeg = testImage('jpeg');
			const unended = [2, 3, 4]
				.map((cut) => jpeg.subarray(0, jpeg.length - cut).toString('base64'))
				.filter((text) => text.endsWith('='));
			const text = `data:image/jpeg;base64,${unended[0]}`;
			const { error, hints } = await step({ source, [source]: text });

			expect(error).toBeUndefined();
			expect(sent()).toStrictEqual([text]);
			expect(hints.map(({ message }) => message)).toStrictEqual([
				`The image in '${source === 'url' ? 'URL' : 'Base64'}' has no end, as if it had been cut off, and was sent as it is`,
			]);
		},
	);

	it.each<[string, string, string]>([
		['the mark of the storage', 'filesystem-v2', 'Binary Data'],
		['the mark of another storage', 'database', 'Binary Data'],
		['the place in the storage', 'filesystem-v2:workflows/1/a/b', 'Binary Data'],
		[
			'text that is encoded for a URL',
			base64.replaceAll('+', '%2B').replaceAll('/', '%2F'),
			'decodeURIComponent',
		],
		['an expression', '{{ $json.base64 }}', 'Switch'],
		['an address', ' https://images.example.com/cat%20one.png', "'Source' to URL"],
	])('that is none says what it is: %s', async (_name, text, advice) => {
		const { error } = await step({ source: 'base64', base64: text });

		expect(error?.message).toBe("'Base64' does not contain an image");
		expect(error?.description).toContain(advice);
		expect(bench.simulator.requests).toEqual([]);
	});

	it('of an address with an expression in it is no address', async () => {
		const { error } = await step({ source: 'url', url: 'https://a.example/{{ $json.id }}.png' });

		expect(error?.message).toBe("'URL' is not an http(s) address");
		expect(error?.description).toContain('Switch');
	});
});

describe('A type that the service may not take', () => {
	const box = (brand: string, others = '') =>
		Buffer.concat([Buffer.from(`\0\0\0\x20ftyp${brand}\0\0\0\0${others}`), Buffer.alloc(200)]);
	const gif = Buffer.concat([Buffer.from('GIF89a\x10\0\x10\0\0\0\0'), Buffer.alloc(90)]);

	it.each<[string, Buffer, string]>([
		['HEIC', box('heic'), 'image/heic'],
		['AVIF', box('mif1', 'mif1avif'), 'image/avif'],
		['GIF', gif, 'image/gif'],
		['TIFF', Buffer.concat([Buffer.from('II*\0'), Buffer.alloc(90)]), 'image/tiff'],
	])('%s is sent under its name, and a refusal says what it was', async (name, bytes, mimeType) => {
		bench.simulator.fault(failures.imageUndecodable);
		const { error } = await step({ source: 'base64', base64: bytes.toString('base64') });

		expect(sent()[0]).toMatch(new RegExp(`^data:${mimeType};base64,`));
		expect(error?.description).toContain(`An input image is ${name}`);
		expect(error?.description?.match(/PNG, JPEG and WebP are safe/g)).toHaveLength(1);
	});

	it.each([
		['another type', png, failures.imageUndecodable],
		['another reason', box('heic'), failures.balance],
	])('is not named for %s', async (_name, bytes, failure) => {
		bench.simulator.fault(failure);
		const { error } = await step({ source: 'base64', base64: bytes.toString('base64') });

		expect(error?.description).not.toContain('An input image is');
	});
});

describe('A data URL', () => {
	it.each(['base64', 'url'])('may have blanks and line breaks around it: %s', async (source) => {
		const { error } = await step({ source, [source]: `={{ "\\n  " + $json.dataUrl + " \\n" }}` });

		expect(error).toBeUndefined();
		expect(sent()).toStrictEqual([dataUrl]);
	});

	it.each(['base64', 'url'])('may have a long header: %s', async (source) => {
		const header = `image/png;name=${'x'.repeat(6000)};base64,`;
		await step({ source, [source]: `={{ "data:${header}" + $json.base64 }}` });

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
