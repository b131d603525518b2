import type { INodeParameters } from 'n8n-workflow';
import { openWorkbench, type Workbench } from '../support/workbench';

/**
 * What concerns the run as a whole (the credential, an execution option) is refused like everything
 * else where the step continues on error: an item for each input item says why. If the node threw
 * there, n8n would pass the untouched input items on by the success output.
 */

const items = ['a fox', 'an owl'].map((prompt) => ({ json: { prompt } }));
const prompt = '={{ $json.prompt }}';

interface Refusal {
	readonly credential?: Record<string, string>;
	readonly parameters?: INodeParameters;
	readonly message: string | RegExp;
	readonly details: string | RegExp;
}

const refusals: Array<[string, Refusal]> = [
	[
		'an address in the credential that is none',
		{
			credential: { region: 'custom', baseUrl: 'ftp://gateway.example' },
			message: "'Base URL' in the credential is not an http(s) address",
			details: 'Open the SiliconFlow Image API credential',
		},
	],
	[
		'an execution option out of its range',
		{
			parameters: { executionOptions: { concurrency: 0 } },
			message: "'Concurrency' must be a whole number from 1 to 100, but is 0",
			details: "Change it in 'Execution Options'.",
		},
	],
	[
		'an execution option whose expression cannot be resolved',
		{
			parameters: { executionOptions: { timeout: '={{ (5).toDateTime("canceled") }}' } },
			message: /cancelled/,
			details: '',
		},
	],
	[
		'more images than the run may generate',
		{
			parameters: { executionOptions: { maxImages: 1 } },
			message: "This run would generate 2 images, but 'Maximum Images per Run' is 1",
			details:
				/^Nothing was sent\. Use fewer input items, lower 'Number of Images', or raise 'Maximum Images per Run'/,
		},
	],
];

const matching = (text: string | RegExp): unknown =>
	typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text);

describe.each(refusals)('%s', (_name, { credential, parameters, message, details }) => {
	let bench: Workbench;
	beforeAll(async () => {
		bench = await openWorkbench({ credential });
	});
	afterAll(async () => await bench.close());

	const failed = {
		error: typeof message === 'string' ? message : expect.stringMatching(message),
		...(details === '' ? {} : { details: matching(details) }),
	};

	it('stops the run', async () => {
		const { status, error } = await bench.step({ prompt, ...parameters }, { items });

		expect(status).toBe('error');
		expect(error?.message).toEqual(failed.error);
		expect(bench.simulator.requests).toEqual([]);
	});

	it('comes out of the only output for each item', async () => {
		const outcome = await bench.step(
			{ prompt, ...parameters },
			{ items, onError: 'continueRegularOutput' },
		);

		expect(outcome.items.map(({ json, pairedItem }) => ({ json, pairedItem }))).toEqual(
			[0, 1].map((item) => ({ json: failed, pairedItem: { item } })),
		);
		expect(bench.simulator.requests).toEqual([]);
	});

	it('comes out of the error output for each item, with what the item held', async () => {
		const outcome = await bench.step(
			{ prompt, ...parameters },
			{ items, onError: 'continueErrorOutput' },
		);

		expect(outcome.items).toEqual([]);
		expect(outcome.errorItems.map(({ json }) => json)).toEqual(
			items.map(({ json }) => ({ ...json, ...failed })),
		);
		expect(outcome.errorItems.map(({ pairedItem }) => pairedItem)).toEqual([
			expect.objectContaining({ item: 0 }),
			expect.objectContaining({ item: 1 }),
		]);
		expect(bench.simulator.requests).toEqual([]);
	});
});

it('an item with a mistake of its own keeps its own words', async () => {
	const bench = await openWorkbench();
	const outcome = await bench.step(
		{ prompt, executionOptions: { maxImages: 1 } },
		{ items: [...items, { json: { prompt: ' ' } }], onError: 'continueRegularOutput' },
	);
	await bench.close();

	expect(outcome.items.map(({ json }) => json.error)).toEqual([
		expect.stringContaining('This run would generate 2 images'),
		expect.stringContaining('This run would generate 2 images'),
		expect.stringContaining("'Prompt' must not be empty"),
	]);
});
