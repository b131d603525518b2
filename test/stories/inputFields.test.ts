import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { failures } from '../../simulator';
import { openWorkbench, type StepOptions, type Workbench } from '../support/workbench';

/** The item's own fields beside those of its image, so that an article keeps its number. */

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const run = async (
	rows: IDataObject[],
	{ options, ...more }: { options?: INodeParameters } & INodeParameters = {},
	step: StepOptions = {},
) =>
	await bench.step(
		{
			prompt: '={{ $json.title }}',
			options: { includeInputFields: true, ...options },
			...more,
		},
		{ items: rows.map((json) => ({ json })), ...step },
	);

const article = { sku: 'A-1', title: 'a red fox', tags: ['animal', { name: 'red' }] };

it('they are there when the option is on, before the fields of the image', async () => {
	const { items } = await run([article, { ...article, sku: 'A-2' }], { numberOfImages: 2 });

	expect(items.map(({ json }) => [json.sku, json.index])).toEqual([
		['A-1', 0],
		['A-1', 1],
		['A-2', 0],
		['A-2', 1],
	]);
	expect(items[0].json).toMatchObject(article);
	expect(Object.keys(items[0].json)).toStrictEqual([
		'sku',
		'title',
		'tags',
		'model',
		'prompt',
		'seed',
		'index',
		'width',
		'height',
		'inferenceSeconds',
		'traceId',
		'urlExpiresAt',
		'url',
	]);
});

it.each([
	['off', false],
	['off by an expression', '={{ "false" }}'],
	['not added', undefined],
])('they are not there when the option is %s', async (_name, includeInputFields) => {
	const options = includeInputFields === undefined ? {} : { includeInputFields };
	const { items } = await bench.step({ prompt: 'a fox', options }, { items: [{ json: article }] });
	expect(Object.keys(items[0].json)).not.toContain('sku');
});

it('an unclear value is refused', async () => {
	const { error } = await run([article], { options: { includeInputFields: '={{ "maybe" }}' } });

	expect(error?.message).toBe("'Include Input Fields' must be true or false, but is maybe");
	expect(bench.simulator.requests).toEqual([]);
});

it('fields of the image win, also where they are not known', async () => {
	const given = { ...article, model: 'mine', width: 7, height: 7, url: 'https://mine.example/' };
	const { items } = await run([given], { options: { download: false } });

	expect(items[0].json).toMatchObject({
		sku: 'A-1',
		model: 'Kwai-Kolors/Kolors',
		url: bench.simulator.generations[0].images?.[0],
	});
	expect(items[0].json).not.toHaveProperty('width');
	expect(items[0].json).not.toHaveProperty('height');
});

it('an image without a link has no link of the input either', async () => {
	const b64_json = testImage('png').toString('base64');
	bench.simulator.fault({ transformReply: () => ({ data: [{ b64_json }] }) });
	const given = { ...article, url: 'https://mine.example/', urlExpiresAt: 'never', seed: 'mine' };
	const { items } = await run([given]);

	expect(items[0].json.sku).toBe('A-1');
	for (const name of ['url', 'urlExpiresAt', 'seed', 'inferenceSeconds']) {
		expect(items[0].json).not.toHaveProperty(name);
	}
});

it('the files of the item are not included', async () => {
	const files = { photo: { bytes: testImage('png') } };
	const { items } = await run([], {}, { items: [{ json: article, files }] });

	expect(Object.keys(items[0].binary ?? {})).toEqual(['data']);
	expect(items[0].json.sku).toBe('A-1');
});

it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
	'%s: a failure has them, too',
	async (onError) => {
		bench.simulator.fault(failures.moderated);
		const rows = [article, { sku: 'A-2', title: ' ' }, { sku: 'A-3', title: 'a bee' }];
		const executionOptions = { concurrency: 1 };
		const outcome = await run(rows, { executionOptions }, { onError });
		const failed = [...outcome.items, ...outcome.errorItems].filter(({ json }) => json.error);

		expect(failed.map(({ json }) => [json.sku, json.error])).toEqual([
			['A-1', expect.stringContaining('moderation')],
			['A-2', expect.stringContaining("'Prompt'")],
		]);
		expect(outcome.items.map(({ json }) => json.sku)).toEqual(
			onError === 'continueErrorOutput' ? ['A-3'] : ['A-1', 'A-2', 'A-3'],
		);
	},
);

it('a refusal of the run has them, too, and an option that cannot be read has none', async () => {
	const executionOptions = { timeout: -1 };
	const onError = 'continueRegularOutput';
	const { items } = await run([article], { executionOptions }, { onError });
	expect(items[0].json).toMatchObject({ sku: 'A-1', error: expect.stringContaining('Timeout') });

	const includeInputFields = "={{ $('Nowhere').item.json.yes }}";
	const unread = await run([article], { options: { includeInputFields } }, { onError });
	expect(Object.keys(unread.items[0].json)).not.toContain('sku');
	expect(unread.items[0].json.error).toBeDefined();
});

describe('What n8n takes for more than data is left out', () => {
	it('a good item with an error of a step before stays a good one, and is not paid for twice', async () => {
		const rows = [{ ...article, error: 'from before', message: 'kept', details: 'kept' }];
		const { items, errorItems } = await run(
			rows,
			{},
			{ onError: 'continueErrorOutput', retryOnFail: true },
		);

		expect(errorItems).toEqual([]);
		expect(items).toHaveLength(1);
		expect(items[0].json).toMatchObject({ sku: 'A-1', message: 'kept', details: 'kept' });
		expect(items[0].json).not.toHaveProperty('error');
		expect(bench.simulator.generations).toHaveLength(1);
	});

	it.each(['a text', { photo: { id: 'filesystem-v2:1', mimeType: 'image/png' } }])(
		'the files in JSON of Execution Logic v2: %j',
		async (_files) => {
			const { status, items } = await run(
				[{ ...article, _files }],
				{},
				{ settings: { binaryMode: 'combined' } },
			);

			expect(status).toBe('success');
			expect(Object.keys(items[0].json._files as object)).toEqual(['data']);
		},
	);

	it('names that every object has', async () => {
		const row = JSON.parse(
			'{"title":"a fox","__proto__":{"polluted":true},"constructor":1,"toString":2}',
		) as IDataObject;
		const { items } = await run([row]);

		expect(items[0].json).toMatchObject({ constructor: 1, toString: 2, prompt: 'a fox' });
		expect(Object.getPrototypeOf(items[0].json)).toBe(Object.prototype);
		expect(Object.hasOwn(items[0].json, '__proto__')).toBe(false);
		expect(({} as IDataObject).polluted).toBeUndefined();
	});
});
