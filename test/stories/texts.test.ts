import type { INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { openWorkbench, type StepOptions, type Workbench } from '../support/workbench';

/** Texts as expressions, sheets and chats give them, and expressions that were typed as text. */

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const body = () => bench.simulator.generations[0].body as Record<string, unknown>;
const step = async (parameters: INodeParameters, options?: StepOptions) =>
	await bench.step({ prompt: 'a fox', ...parameters }, options);
/** The simulator refuses fields that the contract does not have, after it has taken down the request. */
const REFUSED_FIELDS: StepOptions = { onError: 'continueRegularOutput' };
const Z_IMAGE = { model: 'Tongyi-MAI/Z-Image' };

describe('Half a character is not sent', () => {
	it.each<[string, INodeParameters, string, unknown]>([
		['at the end of Prompt', { prompt: '={{ "a 🦊".slice(0, 3) }}' }, 'prompt', 'a '],
		['inside Prompt', { prompt: '={{ "a\\udd8a b🦊" }}' }, 'prompt', 'a b🦊'],
		[
			'in Negative Prompt',
			{ ...Z_IMAGE, options: { negativePrompt: '={{ "🦊🦊".slice(1) }}' } },
			'negative_prompt',
			'🦊',
		],
		[
			'in a text of Additional Body Fields',
			{ options: { additionalBodyFields: '={{ ({ style: ["a\\ud83e", { b: "\\udd8ac" }] }) }}' } },
			'style',
			['a', { b: 'c' }],
		],
		[
			'in a name of Additional Body Fields',
			{ options: { additionalBodyFields: '{"sty\\ud83ele": "x"}' } },
			'style',
			'x',
		],
		[
			'beside a backslash that is one',
			{ options: { additionalBodyFields: '={{ ({ style: "\\\\ud83e \\ud83e" }) }}' } },
			'style',
			'\\ud83e ',
		],
	])('%s', async (_where, parameters, field, expected) => {
		const { error } = await step(parameters, REFUSED_FIELDS);

		expect(error).toBeUndefined();
		expect(body()[field]).toStrictEqual(expected);
	});

	it('and comes out as it was sent', async () => {
		const { items } = await step({ prompt: '={{ "a 🦊".slice(0, 3) }}' });

		expect(items[0].json.prompt).toBe('a ');
	});

	it('nothing but half a character is an empty prompt', async () => {
		const { error } = await step({ prompt: '={{ "🦊".slice(1) }}' });

		expect(error?.message).toMatch(/^'Prompt' is empty/);
		expect(bench.simulator.requests).toEqual([]);
	});
});

describe('A number is read as its text', () => {
	it.each([
		['1984', '1984'],
		['0', '0'],
		['-2.5', '-2.5'],
	])('in Prompt and in Negative Prompt: %s', async (number, text) => {
		const negativePrompt = `={{ ${number} }}`;
		const { error, items } = await step(
			{ ...Z_IMAGE, prompt: '={{ $json.cell }}', options: { negativePrompt } },
			{ items: [{ json: { cell: Number(number) } }] },
		);

		expect(error).toBeUndefined();
		expect(body()).toMatchObject({ prompt: text, negative_prompt: text });
		expect(items[0].json.prompt).toBe(text);
	});

	it.each(['false', 'true', 'NaN', 'Infinity', '[1984]', '{ a: 1 }', 'new Date(0)'])(
		'but %s is refused',
		async (value) => {
			const { error } = await step({ prompt: `={{ ${value} }}` });

			expect(error?.message).toMatch(/^'Prompt' (must be text|is empty)/);
			expect(bench.simulator.requests).toEqual([]);
		},
	);
});

describe('An expression that was typed as text', () => {
	const SWITCH = /^This is text, not an expression\. Switch '.+' from Fixed to Expression/;

	it.each([
		'{{ $json.prompt }}',
		'a poster of {{$json["animal"]}} at night',
		"{{ $('Edit Fields').item.json.prompt }}",
		'{{ "a " + $json.animal }}',
		'{{ $fromAI("prompt") }}',
		'{{ $now.toISO() }}',
		'{{ $json.prompt',
		'{{ `a ${$json.animal} at night` }}',
		'{{ ({ a: "fox" })[$json.animal] }}',
		`{{ ${' '.repeat(190)} {{ "a".repeat(100) + $json.animal }}`,
	])('in Prompt is refused: %s', async (prompt) => {
		const { error } = await step({ prompt });

		expect(error?.message).toMatch(/^'Prompt' is the text of an expression, not its value: /);
		expect(error?.description).toMatch(SWITCH);
		expect(error?.description).toMatch(/Nothing was sent\.$/);
		expect(bench.simulator.requests).toEqual([]);
	});

	it.each([
		'=$json.prompt',
		'={ $json.prompt }',
		"=$('Edit Fields').item.json.prompt",
		'$json.a',
		'$json["my prompt"]',
		'$json.prompt }}',
	])('in Prompt without its braces is refused: %s', async (prompt) => {
		const { error } = await step({ prompt }, { items: [{ json: { prompt: 'a fox' } }] });

		expect(error?.message).toMatch(/^'Prompt' is the text of an expression, not its value: /);
		expect(error?.description).toMatch(/two braces on each side/);
		expect(bench.simulator.requests).toEqual([]);
	});

	it.each([
		'a $5 note on a table',
		'a sign that says {hello}',
		'the words {{ }} in neon',
		'{{char}} pays $US for it',
		'{{ a fox }} and {b}, $json',
		'$json is a word',
		'cash: $(100)',
	])('a prompt that only looks a bit like it is sent: %s', async (prompt) => {
		const { error } = await step({ prompt });

		expect(error).toBeUndefined();
		expect(body().prompt).toBe(prompt);
	});

	it('that a step before gave is sent, with a hint', async () => {
		const prompt = 'a sign that says {{ $json.name }}';
		const { error, hints } = await step(
			{ prompt: '={{ $json.prompt }}' },
			{ items: [{ json: { prompt } }, { json: { prompt } }] },
		);

		expect(error).toBeUndefined();
		expect(hints.map(({ message }) => message)).toStrictEqual([
			"'Prompt' has the text of an expression in it (a sign that says {{ $json.name }}), which was sent as it is; check the step that it comes from",
		]);
	});

	const images = (entry: INodeParameters): INodeParameters => ({
		operation: 'edit',
		images: { image: [entry] },
	});
	const TEXT = '{{ $json.value }}';

	it.each<[string, string, INodeParameters]>([
		['Model', 'Model', { model: { __rl: true, mode: 'id', value: TEXT } }],
		['Number of Images', 'Number of Images', { numberOfImages: TEXT }],
		['Image Size', 'Image Size', { imageSize: TEXT }],
		['Aspect Ratio', 'Aspect Ratio', { model: 'Acme/1', options: { aspectRatio: TEXT } }],
		['Seed', 'Seed', { options: { seed: TEXT } }],
		['Raw', 'Raw', { model: 'Acme/1', options: { raw: TEXT } }],
		['Download Images', 'Download Images', { options: { download: TEXT } }],
		['Watermark', 'Watermark', { options: { watermark: TEXT } }],
		[
			'Additional Body Fields',
			'Additional Body Fields',
			{ options: { additionalBodyFields: TEXT } },
		],
		['Concurrency', 'Concurrency', { executionOptions: { concurrency: TEXT } }],
		['Timeout', 'Timeout', { executionOptions: { timeout: TEXT } }],
		['Source', 'Source', images({ source: TEXT })],
		[
			'Input Data Field Name',
			'Input Data Field Name',
			images({ source: 'binary', binaryPropertyName: TEXT }),
		],
		['URL', 'URL', images({ source: 'url', url: TEXT })],
		['Base64', 'Base64', images({ source: 'base64', base64: TEXT })],
	])('in %s is refused with the way on', async (_name, label, parameters) => {
		const { error } = await step(parameters);

		expect(error?.description).toMatch(SWITCH);
		expect(error?.description).toContain(`Switch '${label}' from`);
		expect(bench.simulator.requests).toEqual([]);
	});

	it.each<[string, INodeParameters]>([
		['Negative Prompt', { ...Z_IMAGE, options: { negativePrompt: `no ${TEXT}` } }],
		['File Name', { options: { fileName: TEXT } }],
		['Output Data Field Name', { options: { binaryPropertyOutput: TEXT } }],
		['Additional Body Fields', { options: { additionalBodyFields: `{"style": "${TEXT}"}` } }],
	])('in %s has a hint with the way on', async (label, parameters) => {
		const { error, hints } = await step(parameters, { items: [{}, {}], ...REFUSED_FIELDS });

		expect(error).toBeUndefined();
		expect(hints.map(({ message }) => message)).toStrictEqual([
			`'${label}' has the text of an expression in it. Switch '${label}' from Fixed to Expression; the switch appears when you point at the field.`,
		]);
	});

	it('a value by expression has no hint', async () => {
		const { hints } = await step(
			{ prompt: '={{ $json.value }}', options: { fileName: '={{ $json.value }}' } },
			{ items: [{ json: { value: 'a fox' } }] },
		);

		expect(hints).toStrictEqual([]);
	});
});

describe('Additional Body Fields', () => {
	it.each([
		'n',
		'N',
		'batch_size',
		'BATCH_SIZE',
		'batchSize',
		'Batch-Size',
		'num_images',
		'numImages',
		'num_images_per_prompt',
		'number_of_images',
		'num_outputs',
		'image_count',
		'n_iter',
		'samples',
		'Quantity',
		'count',
		'output_count',
		'stream',
		'STREAM',
		'stream_options',
		'partial_images',
		'async',
		'MODEL',
		'Model',
	])('must not set %s', async (name) => {
		for (const fields of [`{"${name}": 4}`, `={{ ({ "${name}": false }) }}`]) {
			const { error } = await step({ options: { additionalBodyFields: fields } });

			expect(error?.message).toBe(`'Additional Body Fields' must not set ${name}`);
			expect(error?.description).toBeTruthy();
		}
		expect(bench.simulator.requests).toEqual([]);
	});

	it('must not set what the node sets, in other capitals', async () => {
		const { error } = await step({ options: { additionalBodyFields: '{"Image_Size": "9x9"}' } });

		expect(error?.message).toBe(
			"'Additional Body Fields' sets Image_Size, which differs only in its capitals from what this node sends",
		);
		expect(bench.simulator.requests).toEqual([]);
	});

	it('may set others that begin alike', async () => {
		const fields = { n_prompt: 'x', batch: 'y', streamer: 1 };
		await step({ options: { additionalBodyFields: JSON.stringify(fields) } }, REFUSED_FIELDS);

		expect(body()).toMatchObject(fields);
	});

	it('that no JSON can hold are refused', async () => {
		const deep = `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`;
		const { error } = await step({ options: { additionalBodyFields: deep } });

		expect(error?.message).toMatch(/^'Additional Body Fields' must be a JSON object/);
		expect(bench.simulator.requests).toEqual([]);
	});
});

describe('Execute Once', () => {
	const png = testImage('png');
	const items = [{ files: { data: { bytes: png } } }, { files: { data: { bytes: png } } }];
	const all: INodeParameters = {
		operation: 'edit',
		model: 'Qwen/Qwen-Image-Edit-2509',
		imagesFrom: 'all',
		images: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
	};

	it.each([items, items.slice(0, 1)])('with all items together is refused', async (...given) => {
		const { error } = await step(all, { items: given, executeOnce: true });

		expect(error?.message).toBe(
			"'Images From' cannot be All Input Items Together while 'Execute Once' is on",
		);
		expect(error?.description).toContain('Turn it off in the settings of this step');
		expect(bench.simulator.requests).toEqual([]);
	});

	it('with each item is fine', async () => {
		const { error } = await step({ ...all, imagesFrom: 'each' }, { items, executeOnce: true });

		expect(error).toBeUndefined();
		expect(bench.simulator.generations).toHaveLength(1);
	});
});

describe('An entry of Images that its expression leaves empty', () => {
	const png = testImage('png');
	const jpeg = testImage('jpeg', 1);
	const binary = (binaryPropertyName: string) => ({ source: 'binary', binaryPropertyName });
	const edit = async (...image: INodeParameters[]) =>
		await step(
			{ operation: 'edit', model: 'Qwen/Qwen-Image-Edit-2509', images: { image } },
			{
				items: [
					{
						json: { empty: '', nothing: null, base64: jpeg.toString('base64') },
						files: { data: { bytes: png } },
					},
				],
			},
		);
	const names = () =>
		Object.keys(body()).filter((name) => name.startsWith('image') && name !== 'image_size');

	it.each<[string, INodeParameters, string]>([
		[
			'a file that is not there',
			binary('={{ $input.item.binary.second }}'),
			'Input Data Field Name',
		],
		['an empty name', binary('={{ $json.empty }}'), 'Input Data Field Name'],
		['a list of nothing', binary('={{ [$json.nothing, []] }}'), 'Input Data Field Name'],
		['an empty URL', { source: 'url', url: '={{ $json.empty }}' }, 'URL'],
		['no URL', { source: 'url', url: '={{ $json.nothing }}' }, 'URL'],
		['an empty Base64', { source: 'base64', base64: '={{ $json.second }}' }, 'Base64'],
	])('is left out: %s', async (_name, entry, label) => {
		const { error, hints } = await edit(binary('data'), entry, {
			source: 'base64',
			base64: '={{ $json.base64 }}',
		});

		expect(error).toBeUndefined();
		expect(names()).toStrictEqual(['image', 'image2']);
		expect(body().image2).toBe(`data:image/jpeg;base64,${jpeg.toString('base64')}`);
		expect(hints.map(({ message }) => message)).toStrictEqual([
			`An entry of 'Images' was left out, because the expression in '${label}' gave nothing`,
		]);
	});

	it('also when it is the first', async () => {
		const { error } = await edit(binary('={{ $json.empty }}'), binary('data'));

		expect(error).toBeUndefined();
		expect(names()).toStrictEqual(['image']);
	});

	it.each<[string, INodeParameters[]]>([
		['it is the only one', [binary('={{ $json.empty }}')]],
		['none gives an image', [binary('={{ $json.empty }}'), { source: 'url', url: '={{ "" }}' }]],
		['it is empty without an expression', [binary('data'), binary('')]],
		['it names a file that is not there', [binary('data'), binary('second')]],
	])('is refused where %s', async (_name, entries) => {
		const { error } = await edit(...entries);

		expect(error?.message).toMatch(/is empty|has no file/);
		expect(bench.simulator.requests).toEqual([]);
	});
});
