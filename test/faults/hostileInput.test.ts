import type { INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { FIELDS } from '../../nodes/SiliconFlowImage/contract/fields';
import { failures } from '../../simulator';
import { inVirtualTime } from '../support/virtualTime';
import { openWorkbench, type StepOptions, type Workbench } from '../support/workbench';
import { ECHOED, HARMLESS, HOSTILE, HOSTILE_WORDS, PART_OF_KEY } from './hostileWords';

/**
 * Words in the items, which a stranger may have put there by a form or a webhook. After each run, the
 * workbench searches what n8n shows for markup, for characters that nobody sees, and for the API key.
 */

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const WORDS = '={{ $json.words }}';
const edit = (image: INodeParameters): INodeParameters => ({
	operation: 'edit',
	images: { image: [image] },
});
const file = (binaryPropertyName: string) => edit({ source: 'binary', binaryPropertyName });
const option = (name: string): [string, INodeParameters] => [name, { options: { [name]: WORDS } }];
const execution = (name: string): [string, INodeParameters] => [
	name,
	{ executionOptions: { [name]: WORDS } },
];

/** Parameters whose value is refused or said, and shown in part. */
const quoted: Array<[string, INodeParameters]> = [
	['Model', { operation: 'edit', images: { image: [] }, model: WORDS }],
	['Model of a step with other mistakes', { model: WORDS, numberOfImages: 0 }],
	['Image Size', { imageSize: WORDS }],
	['Width', { imageSize: 'custom', width: WORDS, height: 1024 }],
	['Number of Images', { numberOfImages: WORDS }],
	...Object.values(FIELDS)
		.filter(({ kind }) => kind !== 'text')
		.map(
			({ parameter }) =>
				[parameter, { ...option(parameter)[1], model: 'Acme/1' }] as [string, INodeParameters],
		),
	...['additionalBodyFields', 'download', 'watermark'].map(option),
	...['concurrency', 'giveUpAfter', 'imagesPerMinute', 'maxImages', 'timeout'].map(execution),
	['retryOnTimeout', { executionOptions: { retryOnTimeout: WORDS } }],
	['Source', edit({ source: WORDS })],
	['Input Data Field Name', file(WORDS)],
	['Input Data Field Name with a list', file('={{ [{ name: $json.words }] }}')],
	['names of other files', file('photo')],
	['type of a file', file('letter')],
	['name of a file', edit({ source: 'url', url: '={{ $input.item.binary.letter }}' })],
	['URL', edit({ source: 'url', url: WORDS })],
	['URL with a list', edit({ source: 'url', url: '={{ [{ url: $json.words }] }}' })],
	['URL of nothing', edit({ source: 'url', url: '={{ "http://127.0.0.1:1/" + $json.words }}' })],
	['Base64', edit({ source: 'base64', base64: WORDS })],
	['an expression that fails', { numberOfImages: '={{ (5).toDateTime($json.words) }}' }],
	['names of fields', { options: { additionalBodyFields: '={{ [$json.words] }}' } }],
];

const LETTER = Buffer.from('a letter');
const itemWith = (words: string) => ({
	json: { words },
	files: {
		[words]: { bytes: testImage('png') },
		letter: { bytes: LETTER, name: words, mimeType: words },
	},
});
const ALL = HOSTILE_WORDS.map(([, words]) => itemWith(words));

/** Runs a step on these items, with a failing item and without. */
async function checkWords(parameters: INodeParameters, items: typeof ALL) {
	const run = async (onError?: StepOptions['onError']) =>
		await bench.step({ prompt: 'a fox', ...parameters }, { items, onError, isKeyInItems: true });
	const { result } = await inVirtualTime(
		bench.simulator,
		async () => [await run(), await run('continueErrorOutput')] as const,
	);
	const [stopped, continued] = result;

	expect(stopped.words.join()).not.toContain(PART_OF_KEY);
	expect(continued.words.join()).not.toContain(PART_OF_KEY);
	if (stopped.status !== 'error') return;
	const { message = '', description, context } = stopped.error!;
	expect(continued.errorItems).toHaveLength(items.length);
	expect(continued.errorItems[Number(context.itemIndex ?? 0)].json.error).toBe(message);
	for (const { error, details } of [
		{ error: message, details: description },
		...continued.errorItems.map(({ json }) => json),
	]) {
		expect(String(error).length).toBeLessThanOrEqual(1000);
		expect(String(details ?? '').length).toBeLessThanOrEqual(1000);
	}
}

it.each(quoted)('%s', async (_place, parameters) => {
	// What concerns the run is read from its first item, so each word needs a run of its own.
	const runs = 'executionOptions' in parameters ? ALL.map((item) => [item]) : [ALL];
	for (const items of runs) await checkWords(parameters, items);
});

it('What is quoted is still told', async () => {
	const { error } = await bench.step(
		{ prompt: 'a fox', numberOfImages: WORDS },
		{ items: [{ json: { words: HOSTILE } }], isKeyInItems: true },
	);

	expect(error?.message).toBe(
		`'Number of Images' must be a whole number from 1 to 100, but is ${HARMLESS} *** *** xxxxxxxxxx...`,
	);
});

it('A hint quotes the same way', async () => {
	const url = '={{ Array(2).fill("https://a.example/" + $json.words) }}';
	const { hints, words } = await bench.step(
		{ prompt: 'a fox', ...edit({ source: 'url', url }), model: 'Qwen/Qwen-Image-Edit-2509' },
		{ items: [{ json: { words: HOSTILE } }], isKeyInItems: true },
	);

	expect(hints[0].message).toContain('has the image at https://a.example/a href=');
	expect(words.join()).not.toContain(PART_OF_KEY);
});

it('The names of the fields that were sent', async () => {
	const name = `<b>\u202e${ECHOED} sk-s\u200bimulator-0000`;
	bench.simulator.fault(failures.parameterInvalid);
	const { error } = await bench.step(
		{ prompt: 'a fox', options: { additionalBodyFields: WORDS } },
		{ items: [{ json: { words: { [name]: 1 } } }], isKeyInItems: true },
	);

	expect(error?.description).toContain('The request had these fields: b*** ***, model, prompt');
});

it('A host in the credential that is none', async () => {
	const baseUrl = `http://127.0.0.1:1/${HOSTILE}`;
	const other = await openWorkbench({ credential: { region: 'custom', url: baseUrl } });
	const { result } = await inVirtualTime(
		other.simulator,
		async () => await other.step({ prompt: 'a fox' }),
	);
	await other.close();

	expect(result.error?.message).toMatch(/^SiliconFlow cannot be reached at/);
});

/**
 * n8n looks into the message of an exception: "canceled" makes it mark the run as cancelled, and the
 * name of a network fault makes it put a sentence of its own in place of the message. Both may stand
 * in a value that a person gives.
 */
describe('Words that mean something to n8n', () => {
	const steps = (value: string): INodeParameters => ({ options: { numInferenceSteps: value } });
	const concurrency = (value: string): INodeParameters => ({
		executionOptions: { concurrency: value },
	});
	const fileName = (value: string): INodeParameters => ({ options: { fileName: value } });
	const fieldName = (binaryPropertyName: string): INodeParameters => ({
		operation: 'edit',
		images: { image: [{ source: 'binary', binaryPropertyName }] },
	});
	/** The name of a field whose file has a type of this name. */
	const typeOfFile = (type: string) => fieldName(`of${type}`);
	const bytes = Buffer.from('a letter');
	const files = {
		ofcanceled: { bytes, mimeType: 'canceled' },
		ofEACCES: { bytes, mimeType: 'EACCES' },
	};

	it.each<[string, INodeParameters, string]>([
		['a field of the request', steps('={{ "canceled" }}'), 'but is cancelled'],
		['an execution option', concurrency('={{ "canceled" }}'), 'but is cancelled'],
		['the name of a field', fieldName('canceled'), 'cancelled'],
		['an expression', steps('={{ (5).toDateTime("canceled") }}'), 'cancelled'],
		[
			'an expression in an execution option',
			concurrency('={{ (5).toDateTime("canceled") }}'),
			'cancelled',
		],
		['an expression in the file name', fileName('={{ (5).toDateTime("canceled") }}'), 'cancelled'],
		['the type of a file', typeOfFile('canceled'), 'its content type is cancelled'],
		['a network code in the type of a file', typeOfFile('EACCES'), 'its content type is EACCES'],
		['a network code in a field of the request', steps('={{ "ECONNRESET" }}'), 'but is ECONNRESET'],
		['a network code in an execution option', concurrency('={{ "ENOENT" }}'), 'but is ENOENT'],
		['a network code in the name of a field', fieldName('EPERM'), 'EPERM'],
	])('%s is refused in the words of the node', async (_name, parameters, words) => {
		const { status, error } = await bench.step(
			{ prompt: 'a fox', ...parameters },
			{ items: [{ files }] },
		);

		expect(status).toBe('error');
		expect(error?.message).toContain(words);
		expect(bench.simulator.requests).toEqual([]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'a refusal with the word in it does not cancel a run with %s',
		async (onError) => {
			const outcome = await bench.step(
				{ prompt: 'a fox', ...steps('={{ "canceled" }}') },
				{ onError },
			);
			const [item] = onError === 'continueErrorOutput' ? outcome.errorItems : outcome.items;

			expect(outcome.status).toBe('success');
			expect(item.json.error).toContain('but is cancelled');
		},
	);
});
