import type { INodeParameters } from 'n8n-workflow';
import { dataUrlOf, testImage } from '../../harness/engine/testImages';
import { openWorkbench, type StepOptions, type Workbench } from '../support/workbench';

/** Input Data Field Name: names of files, and files that an expression gives. */

const MODEL = 'Qwen/Qwen-Image-Edit-2509';
const png = testImage('png');
const jpeg = testImage('jpeg', 1);
const webp = testImage('webp', 2);
const files = { data: { bytes: png }, photo: { bytes: jpeg }, 'my.file': { bytes: webp } };
const [DATA, PHOTO, MY_FILE] = [dataUrlOf(png), dataUrlOf(jpeg, 'jpeg'), dataUrlOf(webp, 'webp')];
const combined = { binaryMode: 'combined' } as const;

describe.each(['filesystem', 'default'] as const)('With binary data in %s mode', (binaryMode) => {
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench({ binaryMode });
	});
	afterEach(() => bench.simulator.reset());
	afterAll(async () => await bench.close());

	const edit = (...values: INodeParameters[string][]): INodeParameters => ({
		operation: 'edit',
		model: MODEL,
		prompt: 'put them together',
		images: {
			image: values.map((binaryPropertyName) => ({ source: 'binary', binaryPropertyName })),
		} as INodeParameters,
	});
	const sent = () => {
		const { image, image2, image3 } = bench.simulator.generations[0].body as Record<string, string>;
		return [image, image2, image3].filter((text) => text !== undefined);
	};
	const step = async (parameters: INodeParameters, options: StepOptions = {}) =>
		await bench.step(parameters, { items: [{ files }], ...options });

	it.each<[string, string[]]>([
		["={{ $('Manual').item.binary.data }}", [DATA]],
		['={{ $input.item.binary.photo }}', [PHOTO]],
		['={{ [$input.item.binary.photo, $input.item.binary.data] }}', [PHOTO, DATA]],
		['={{ [$input.item.binary.photo, "data", ["my.file"]] }}', [PHOTO, DATA, MY_FILE]],
		['={{ ["photo, data"] }}', [PHOTO, DATA]],
		['={{ $input.item.binary }}', [DATA, PHOTO, MY_FILE]],
		['={{ [$input.item.binary] }}', [DATA, PHOTO, MY_FILE]],
		['my.file', [MY_FILE]],
	])('%s is taken', async (value, expected) => {
		const { error } = await step(edit(value));

		expect(error).toBeUndefined();
		expect(sent()).toStrictEqual(expected);
	});

	it.each<[string, string[]]>([
		['={{ $binary.photo }}', [PHOTO]],
		['={{ [$binary] }}', [DATA, PHOTO, MY_FILE]],
	])('%s is taken, unless n8n leaves the content out of it', async (value, expected) => {
		const { error } = await step(edit(value));

		if (binaryMode === 'filesystem') return expect(sent()).toStrictEqual(expected);
		expect(error?.message).toBe(
			"'Input Data Field Name': the expression gives a file without its content",
		);
		expect(error?.description).toContain('$input.item.binary in place of $binary');
		expect(bench.simulator.requests).toEqual([]);
	});

	it('a file of a step before the last is edited again', async () => {
		const { error } = await bench.chain(
			[
				{ prompt: 'a red fox' },
				{ ...edit('data'), prompt: 'make it blue' },
				{ ...edit("={{ $('Image 1').item.binary.data }}"), prompt: 'make it green' },
			],
			{ items: [{}] },
		);
		const images = bench.simulator.generations.map(({ body }) => (body as { image: string }).image);

		expect(error).toBeUndefined();
		expect(images[1]).toMatch(/^data:image\/png;base64,iVBOR/);
		expect(images[2]).toBe(images[1]);
	});

	it.each([
		['url', '={{ $input.item.binary.photo }}'],
		['base64', '={{ $input.item.binary.photo }}'],
		['base64', '={{ [$input.item.binary.photo] }}'],
	])('a file is taken where %s is asked for, too', async (source, value) => {
		const images = { image: [{ source, [source]: value }] };
		await step({ ...edit(), images });

		expect(sent()).toStrictEqual([PHOTO]);
	});

	it.each([
		['={{ $json }}', "'Input Data Field Name' must be the name of a field, or a file, but is {}"],
		[
			'={{ $input.item }}',
			"'Input Data Field Name' must be the name of a field, or a file, but is",
		],
		['={{ 7 }}', "'Input Data Field Name' must be the name of a field, or a file, but is 7"],
		['={{ [$input.item.binary.data, true] }}', 'or a file, but is true'],
		['={{ [] }}', "'Input Data Field Name' is empty"],
		['={{ $binary.nothing }}', "'Input Data Field Name' is empty"],
		['={{ ["data", "none"] }}', 'This item has no file in a field named "none"'],
		['= {{ $binary.data }}', "'Input Data Field Name' has text around an expression that gives"],
		['={{ $binary.data }},photo', "'Input Data Field Name' has text around an expression that"],
		['={{ ({ mimeType: "image/png", data: 7 }) }}', 'gives a file without its content'],
		[
			'={{ ({ mimeType: "image/png", id: "none:1" }) }}',
			'the file image/png can no longer be read',
		],
		['={{ ({ mimeType: "text/x", fileName: "a.txt", data: "YQ" }) }}', 'the file a.txt is not an'],
	])('%s is refused by name', async (value, message) => {
		const { error } = await step(edit(value));

		expect(error?.message).toContain(message);
		expect(error?.description).toBeTruthy();
		expect(error?.context.itemIndex).toBe(0);
		expect(bench.simulator.requests).toEqual([]);
	});

	it.each<[string, INodeParameters]>([
		['a name in two entries', edit('data', 'data')],
		['a name in one entry', edit('data, photo, data')],
		['a name and the file itself', edit('photo', '={{ ["data", $input.item.binary.photo] }}')],
	])('the same file is not sent twice: %s', async (_name, parameters) => {
		const { error } = await step(parameters);

		expect(error?.message).toMatch(/^'Images' has the same image twice: the file /);
		expect(error?.description).toContain("A new entry starts with the name data in 'Input Data");
		expect(bench.simulator.requests).toEqual([]);
	});

	describe('If the workflow keeps files inside the JSON', () => {
		// In memory, n8n leaves the files where they were.
		const inJson = binaryMode === 'filesystem';

		it.each<[string, string[]]>([
			['data', [DATA]],
			['data, photo', [DATA, PHOTO]],
			['my.file', [MY_FILE]],
			...(inJson
				? ([
						['_files.data', [DATA]],
						['_files.photo, data', [PHOTO, DATA]],
						['={{ $json._files.data }}', [DATA]],
						["={{ $('Manual').item._files.photo }}", [PHOTO]],
						['={{ [$json._files.data, "_files.photo"] }}', [DATA, PHOTO]],
						['={{ $json._files }}', [DATA, PHOTO, MY_FILE]],
					] as Array<[string, string[]]>)
				: []),
		])('%s is taken', async (value, expected) => {
			const { error } = await step(edit(value), { settings: combined });

			expect(error).toBeUndefined();
			expect(sent()).toStrictEqual(expected);
		});

		it.each(['image', '_files.image', '_files', 'constructor', '__proto__'])(
			'%s is not there, and the message says what is',
			async (name) => {
				const { error } = await step(edit(name), { settings: combined });

				expect(error?.message).toBe(`This item has no file in a field named "${name}"`);
				expect(error?.description).toContain('Its files: data, photo, my.file.');
				expect(bench.simulator.requests).toEqual([]);
			},
		);

		it('the default of a new entry takes the image of the step before', async () => {
			const { error } = await bench.chain(
				[{ prompt: 'a red fox' }, { operation: 'edit', prompt: 'make it blue' }],
				{ settings: combined },
			);

			expect(error).toBeUndefined();
			expect(bench.simulator.generations[1].body).toHaveProperty(
				'image',
				expect.stringMatching(/^data:image\/png;base64,iVBOR/),
			);
		});
	});

	it('an item without files says how one gets there', async () => {
		const { error } = await bench.step(edit('data'));

		expect(error?.message).toBe('This item has no file in a field named "data"');
		expect(error?.description).toMatch(/^It has no files at all\. Add a step before this one/);
		expect(error?.description).toContain(
			`{{ $("Step name").item.binary.data }} in 'Input Data Field Name'.`,
		);
	});

	it('a tool takes a URL unless something else is chosen', async () => {
		const url = 'https://images.example/a.png';
		const { error } = await bench.step(
			{ ...edit(''), images: { image: [{ url: `={{ "${url}" }}` }] } },
			{ asTool: true },
		);

		expect(error).toBeUndefined();
		expect(bench.simulator.generations.map(({ body }) => body)).toMatchObject([{ image: url }]);
	});

	it('a tool is told that n8n gives it no files', async () => {
		const { error } = await bench.step(edit('data'), { asTool: true });

		const nothing = await bench.step(edit('={{ $json.nothing }}'), { asTool: true });
		expect(nothing.error?.message).toBe(
			"'Input Data Field Name' gives no image to edit: none came with this message",
		);
		const noUrl = await bench.step({ ...edit(), images: { image: [{}] } }, { asTool: true });
		expect(noUrl.error?.message).toBe("'URL' is empty: give the full address of the image to edit");
		expect(error?.message).toBe('This item has no file in a field named "data"');
		expect(error?.description).toBe(
			`n8n does not pass files to the tools of an agent. Set 'Source' to URL or Base64, or enter an expression that gives a file in 'Input Data Field Name', such as {{ $("When chat message received").item.binary.data0 }}.`,
		);
	});

	it('files in the JSON count only if the workflow keeps them there', async () => {
		const _files = { data: { mimeType: 'image/png', data: png.toString('base64') } };
		const { error } = await bench.step(edit('data'), { items: [{ json: { _files } }] });

		expect(error?.message).toBe('This item has no file in a field named "data"');
		expect(bench.simulator.requests).toEqual([]);
	});
});
