import type { INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { OPERATION_NAMES, OPERATIONS } from '../../nodes/SiliconFlowImage/contract/operations';
import { openWorkbench, type Workbench } from '../support/workbench';

/** Mistakes, and what the node says before anything is sent. */

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const text = Buffer.from('this is a letter, not an image');
const files = {
	data: { bytes: testImage('png') },
	letter: { bytes: text, mimeType: 'text/plain' },
};
const EDIT_2509 = 'Qwen/Qwen-Image-Edit-2509';
const images = (...image: INodeParameters[]) => ({ operation: 'edit', images: { image } });
const binary = (binaryPropertyName: string) => ({ source: 'binary', binaryPropertyName });

/** What is done wrong, the parameters, and the message and the description that are expected. */
type Mistake = [string, INodeParameters, string, string];

const mistakes: Mistake[] = [
	...['__proto__', 'constructor', ' prototype '].map(
		(name): Mistake => [
			`an output field called ${name}, which n8n loses`,
			{ prompt: 'a fox', options: { binaryPropertyOutput: name } },
			`'Output Data Field Name': n8n loses files in a field called ${name.trim()}`,
			'Enter another name, such as data. Nothing was sent.',
		],
	),
	[
		'an operation that does not exist',
		{ operation: 'animate' },
		`'Operation' must be ${OPERATION_NAMES.map((name) => OPERATIONS[name].label).join(' or ')}, but is animate`,
		'Choose one from the list; it takes no expression.',
	],
	[
		'no image',
		{ ...images(), model: EDIT_2509 },
		`'Images': ${EDIT_2509} takes 1 to 3 images, but 0 are given`,
		"Add an image under 'Images'. Expressions work in the fields of an entry, not for 'Images' as a whole.",
	],
	[
		'an expression in place of Images',
		{
			operation: 'edit',
			model: EDIT_2509,
			images: '={{ [{ source: "url", url: "https://a.example" }] }}',
		},
		`'Images': ${EDIT_2509} takes 1 to 3 images, but 0 are given`,
		"Expressions work in the fields of an entry, not for 'Images' as a whole.",
	],
	[
		'an expression in place of the entries of Images',
		{ operation: 'edit', model: EDIT_2509, images: { image: '={{ $json.list }}' } },
		`'Images': ${EDIT_2509} takes 1 to 3 images, but 17 are given`,
		"Expressions work in the fields of an entry, not for 'Images' as a whole.",
	],
	[
		'two images where one is taken',
		{ ...images(binary('data,data')), model: 'Qwen/Qwen-Image-Edit' },
		"'Images': Qwen/Qwen-Image-Edit takes exactly 1 image, but 2 are given",
		'Choose a model that takes more, such as Qwen/Qwen-Image-Edit-2509 (up to 3 images), or remove 1 image. Each name',
	],
	[
		'four images where three are taken',
		{ ...images(binary('data'), binary('data,data'), binary('data')), model: EDIT_2509 },
		`'Images': ${EDIT_2509} takes 1 to 3 images, but 4 are given`,
		'Remove 1 image. Each name',
	],
	[
		'a binary field that does not exist',
		images(binary('photo')),
		'This item has no file in a field named "photo"',
		"Its files: data, letter. Enter one of these names in 'Input Data Field Name'.",
	],
	...['constructor', '__proto__', 'toString'].map(
		(name): Mistake => [
			`a binary field named ${name}, as every object has one`,
			images(binary(name)),
			`This item has no file in a field named "${name}"`,
			'Its files: data, letter.',
		],
	),
	[
		'a binary field that holds no image',
		images(binary('letter')),
		"'Input Data Field Name': the file in letter is not an image (its content type is text/plain)",
		'Enter the name of a field that holds a PNG, JPEG or WebP image.',
	],
	['an empty field name', images(binary(' ')), "'Input Data Field Name' is empty", 'usually data'],
	[
		'an expression that is typed as text, for a file',
		images(binary('{{ $("Code").item.binary.data }}')),
		'This item has no file in a field named "{{ $("Code").item.binary.data }}"',
		"This is text, not an expression. Switch 'Input Data Field Name' from Fixed to Expression",
	],
	[
		'an expression that is typed as text, for a URL',
		images({ source: 'url', url: '{{ $json.url }}' }),
		"'URL' is not an http(s) address",
		"This is text, not an expression. Switch 'URL' from Fixed to Expression",
	],
	['an empty URL', images({ source: 'url', url: '' }), "'URL' is empty", 'full address'],
	[
		'a URL that is not one',
		images({ source: 'url', url: 'ftp://host/cat.png' }),
		"'URL' is not an http(s) address",
		'full address',
	],
	['empty base64', images({ source: 'base64', base64: '' }), "'Base64' is empty", 'base64 text'],
	[
		'base64 of something else',
		images({ source: 'base64', base64: text.toString('base64') }),
		"'Base64' does not contain an image",
		'PNG, JPEG or WebP',
	],
	...['undefined', 'null', '""', '$json.promt'].map(
		(nothing): Mistake => [
			`a prompt whose expression gives nothing: ${nothing}`,
			{ prompt: `={{ ${nothing} }}` },
			"'Prompt' is empty: the expression gave nothing for this item",
			'Check the names in the expression',
		],
	),
	['a blank prompt', { prompt: '={{ "  " }}' }, "'Prompt' must not be empty", 'Nothing was sent.'],
	[
		'a seed below the range',
		{ options: { seed: -1 } },
		"'Seed' must be a whole number from 0 to 9999999999, but is -1",
		'Model: Kwai-Kolors/Kolors.',
	],
	[
		'a seed above the range',
		{ options: { seed: 10_000_000_000 } },
		"'Seed' must be a whole number from 0 to 9999999999, but is 10000000000",
		'Nothing was sent.',
	],
	[
		'steps that are not a number',
		{ options: { numInferenceSteps: '={{ "many" }}' } },
		"'Steps' must be a whole number from 1 to 100, but is many",
		'Nothing was sent.',
	],
	[
		'several values at once',
		{ options: { numInferenceSteps: 0, guidanceScale: 21 } },
		"'Steps' must be a whole number from 1 to 100, but is 0",
		"Also: 'Guidance Scale' must be a number from 0 to 20, but is 21.",
	],
	[
		'a size that is not one',
		{ imageSize: '={{ "large" }}' },
		"'Image Size' must be a width and a height in pixels, such as 1024x1024 (recommended for this model: 1024x1024, 960x1280, 768x1024, 720x1440, 720x1280), but is large",
		'Nothing was sent.',
	],
	[
		'a size with too many pixels',
		{ imageSize: 'custom', width: 4096, height: 4096 },
		"'Image Size' must have at most 2073600 pixels in total",
		'Nothing was sent.',
	],
	[
		'no images',
		{ numberOfImages: '={{ 0 }}' },
		"'Number of Images' must be a whole number from 1 to 100, but is 0",
		'Enter how many images to make from the prompt.',
	],
	[
		'too many images',
		{ numberOfImages: '={{ 1000 }}' },
		"'Number of Images' must be a whole number from 1 to 100, but is 1000",
		'Use more input items to get more images.',
	],
	[
		'a number of images that is none',
		{ numberOfImages: '={{ "a few" }}' },
		"'Number of Images' must be a whole number from 1 to 100, but is a few",
		'Enter how many images to make from the prompt.',
	],
	[
		'a model that cannot edit',
		{ ...images(binary('data')), model: 'Qwen/Qwen-Image' },
		"'Model': Qwen/Qwen-Image cannot edit images",
		'Choose another model from the list, which shows the models of your account.',
	],
	[
		'a model that cannot generate',
		{ model: 'Qwen/Qwen-Image-Edit' },
		"'Model': Qwen/Qwen-Image-Edit cannot generate images",
		'Choose another model from the list, which shows the models of your account.',
	],
	[
		'a model ID that is far too long',
		{ model: `={{ "Acme/".repeat(50) }}` },
		"'Model' has more than 200 characters, which no model ID has",
		'Choose a model',
	],
	['an empty model', { model: '={{ "" }}' }, "'Model' is empty", 'Choose a model'],
	[
		'additional fields that are not an object',
		{ options: { additionalBodyFields: '[1]' } },
		"'Additional Body Fields' must be a JSON object, but is [1]",
		'remove the option',
	],
	[
		'additional fields that would request more images',
		{ options: { additionalBodyFields: '{"batch_size":4}' } },
		"'Additional Body Fields' must not set batch_size",
		"Use 'Number of Images' instead",
	],
	[
		'an execution option out of range',
		{ executionOptions: { concurrency: 0 } },
		"'Concurrency' must be a whole number from 1 to 100, but is 0",
		"Change it in 'Execution Options'.",
	],
];

it.each(mistakes)('%s', async (_name, parameters, message, description) => {
	const { status, error } = await bench.step(
		{ prompt: 'a red fox', ...parameters },
		{ items: [{ files }] },
	);
	expect(status).toBe('error');
	// A message that begins with the name of a field is told from its beginning.
	if (message.startsWith("'")) expect(error?.message.slice(0, message.length)).toBe(message);
	else expect(error?.message).toContain(message);
	expect(error?.description).toContain(description);
	expect(bench.simulator.requests).toEqual([]);
});

it('the only file of an item is named where another one is asked for', async () => {
	const { error } = await bench.step(
		{ prompt: 'make it blue', ...images(binary('photo')) },
		{ items: [{ files: { data: { bytes: testImage('png') } } }] },
	);
	expect(error?.description).toContain('Its files: data. Enter one');
});

it('one bad item of three stops the run before the first request and is named', async () => {
	const { error } = await bench.step(
		{ prompt: '={{ $json.prompt }}' },
		{ items: ['a fox', 'an owl', ' '].map((prompt) => ({ json: { prompt } })) },
	);
	expect(error?.message).toContain("'Prompt' must not be empty");
	expect(error?.context.itemIndex).toBe(2);
	expect(bench.simulator.requests).toEqual([]);
});

describe('With one bad item of three and Continue On Fail', () => {
	const prompts = ['a fox', ' ', 'a bee'].map((prompt) => ({ json: { prompt } }));

	it('the others come out, and the bad one keeps its position', async () => {
		const { status, items } = await bench.step(
			{ prompt: '={{ $json.prompt }}' },
			{ items: prompts, onError: 'continueRegularOutput' },
		);
		expect(status).toBe('success');
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2].map((item) => ({ item })));
		expect(items[1].json).toEqual({
			error: "'Prompt' must not be empty",
			details: 'Model: Kwai-Kolors/Kolors. Nothing was sent.',
		});
		expect(items[0].binary).toBeDefined();
		expect(items[2].binary).toBeDefined();
	});

	it('the error output gets the bad one, the first output the others', async () => {
		const { items, errorItems } = await bench.step(
			{ prompt: '={{ $json.prompt }}' },
			{ items: prompts, onError: 'continueErrorOutput' },
		);
		expect(items.map(({ json }) => json.prompt)).toEqual(['a fox', 'a bee']);
		expect(errorItems).toHaveLength(1);
		expect(errorItems[0].json).toEqual({
			prompt: ' ',
			error: "'Prompt' must not be empty",
			details: 'Model: Kwai-Kolors/Kolors. Nothing was sent.',
		});
		expect(errorItems[0].pairedItem).toMatchObject({ item: 1 });
	});
});

describe('An address in the credential that is none', () => {
	it.each([
		['nothing', ''],
		['blanks', '  '],
		['another scheme', 'ftp://gateway.example/v1'],
		['a scheme with a typing error', 'htps://gateway.example/v1'],
		['a scheme alone', 'https://'],
		['a blank inside', 'https://gateway .example/v1'],
		[
			'a user name, which would be sent in place of the key',
			'https://me:secret@gateway.example/v1',
		],
		['a port that is none', 'gateway.example:http'],
	])('%s', async (_name, baseUrl) => {
		const bench = await openWorkbench({ credential: { region: 'custom', baseUrl } });
		const { error } = await bench.step({ prompt: 'a fox' });
		await bench.close();

		expect(error?.message).toBe("'Base URL' in the credential is not an http(s) address");
		expect(error?.description).toMatch(/Open the SiliconFlow Image API credential and enter/);
		expect(JSON.stringify(error)).not.toContain('secret');
	});
});
