/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
import fc from 'fast-check';
import type { INodeParameters, NodeApiError } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { openList } from '../methods/picker';
import {
	openWorkbench,
	type Outcome,
	type StepOptions,
	type Workbench,
} from '../support/workbench';
import { openHostileHost, type HostileHost } from './hostileHost';
import { hostileReplies, type HostileReply } from './hostileReplies';

/**
 * Whatever a service, a gateway or an image host answers: an image or a clear failure for each item, in
 * bounded time, without the API key. Jest fails a test in which a rejection or exception is unhandled.
 *
 * HOSTILE_ROUNDS=12 takes five minutes: twelve times the replies, with another seed, and some of them stop
 * coming everywhere.
 */

const ROUNDS = Number(process.env.HOSTILE_ROUNDS ?? 1);
const SEED = process.env.HOSTILE_ROUNDS === undefined ? 11 : Date.now() % 1_000_000;
/** This is also the bound for the time that it takes. */
jest.setTimeout(60_000 * Math.max(2, ROUNDS));

/**
 * Few at once and enough time, so that a good reply is read in time however busy the machine is: some
 * of the others unpack to 80 MB.
 */
const EXECUTION_OPTIONS = { concurrency: 10, timeout: 5, giveUpAfter: 0 };

/** Texts of others are cut; these are far above what a person reads. */
const MAX_CHARACTERS = 3_000;

let host: HostileHost;
let bench: Workbench;
let editBench: Workbench;
const png = testImage('png');
beforeAll(async () => {
	host = await openHostileHost();
	const baseUrl = `${host.origin}/v1`;
	bench = await openWorkbench({ credential: { region: 'custom', baseUrl } });
	editBench = await openWorkbench({ credential: { region: 'com', url: baseUrl } });
});
afterEach(() => {
	host.other = () => undefined;
});
afterAll(async () => {
	await bench.close();
	await editBench.close();
	await host.close();
});

const link = () => `${host.origin}/image/0`;
const validReply = () => ({
	images: [{ url: link() }, { b64_json: png.toString('base64') }],
	data: [{ url: link() }],
	timings: { inference: 1.5 },
	seed: 7,
});

/** Sends so many hostile replies at once, several times. */
async function check(
	{ replies, count }: { replies: fc.Arbitrary<HostileReply>; count: number },
	test: (replies: readonly HostileReply[]) => Promise<void>,
) {
	const batches = fc.array(replies, { minLength: count, maxLength: count, size: 'max' });
	const property = fc.asyncProperty(batches, async (batch) => {
		host.replies = batch;
		await test(batch);
	});
	// Not assert(), because its message would hold all the bytes.
	const { errorInstance } = await fc.check(property, {
		numRuns: ROUNDS,
		seed: SEED,
		endOnFailure: true,
	});
	if (errorInstance === null) return;
	console.error(`Seed ${SEED}`);
	throw errorInstance;
}

const stepOf = async (
	{ step }: Workbench,
	parameters: INodeParameters,
	numbers: readonly number[],
	onError?: StepOptions['onError'],
) =>
	await step(
		{
			prompt: '={{ "case " + $json.i }}',
			...parameters,
			executionOptions: EXECUTION_OPTIONS,
		},
		{ items: numbers.map((i) => ({ json: { i } })), onError },
	);

/** Each item has an image or words, and those who stop at the first failure get an exception. */
async function checkSteps(
	workbench: Workbench,
	parameters: INodeParameters,
	replies: readonly HostileReply[],
) {
	const numbers = replies.map((_, i) => i);
	const alone = numbers.filter((i) => i % 10 === 0);
	const [together, ...stopping] = await Promise.all([
		stepOf(workbench, parameters, numbers, 'continueRegularOutput'),
		...alone.map(async (i) => await stepOf(workbench, parameters, [i])),
	]);
	expect(together.error).toBeUndefined();
	expect(together.items.map(({ pairedItem }) => pairedItem)).toStrictEqual(
		numbers.map((item) => ({ item })),
	);
	together.items.forEach((item, i) => {
		expectNamed(replies[i], () => {
			const { error, details, url } = item.json;
			if (error === undefined) {
				if (item.binary === undefined) expect(url).toMatch(/^https?:\/\/[^/]/i);
				return;
			}
			expectWords(error);
			expectWords(details);
		});
	});
	stopping.forEach((outcome, i) => expectNamed(replies[alone[i]], () => expectException(outcome)));
	return together.items;
}

function expectException({ status, error, items }: Outcome) {
	if (status === 'success') return expect(items).toHaveLength(1);
	expect(['NodeApiError', 'NodeOperationError']).toContain(error?.name);
	expectWords((error as NodeApiError).message);
	expectWords((error as NodeApiError).description);
	expect(error?.context.itemIndex).toBe(0);
}

function expectWords(text: unknown) {
	expect(typeof text).toBe('string');
	expect((text as string).trim()).not.toBe('');
	expect((text as string).length).toBeLessThan(MAX_CHARACTERS);
}

/** What fails names the reply. */
function expectNamed(reply: HostileReply, test: () => void) {
	let isDone = false;
	try {
		test();
		isDone = true;
	} finally {
		if (!isDone) console.error(`After the reply ${reply.name}`);
	}
}

it('to a request for images', async () => {
	const replies = hostileReplies(validReply(), bench.simulator.apiKey, true);
	let images = 0;
	await check({ replies, count: 150 }, async (batch) => {
		const items = await checkSteps(bench, { options: { download: false } }, batch);
		images += items.filter(({ json }) => json.error === undefined).length;
	});
	// Some of the replies are still good enough, or the test would prove little.
	expect(images).toBeGreaterThan(5);
});

it('to a download of an image', async () => {
	host.other = (path, body) => {
		const number = /case (\d+)/.exec(body)?.[1];
		if (!path.endsWith('/images/generations')) return undefined;
		return JSON.stringify({ images: [{ url: `${host.origin}/image/${number}` }] });
	};
	const replies = hostileReplies(png, bench.simulator.apiKey, ROUNDS > 1);
	let stored = 0;
	await check({ replies, count: 60 }, async (batch) => {
		const items = await checkSteps(bench, {}, batch);
		for (const { json } of items) expect(json.url).toMatch(/\/image\/\d+$/);
		const images = items.filter(({ binary }) => binary !== undefined);
		for (const { binary } of images) expect(binary?.data.mimeType).toMatch(/^image\//);
		stored += images.length;
	});
	expect(stored).toBeGreaterThan(2);
});

it('to a look-up of an input image', async () => {
	host.other = (path) =>
		path.endsWith('/images/generations')
			? JSON.stringify({ images: [{ url: link() }] })
			: undefined;
	const edit = {
		operation: 'edit',
		model: 'black-forest-labs/FLUX.1-Kontext-dev',
		images: { image: [{ source: 'url', url: `={{ "${host.origin}/input/" + $json.i }}` }] },
		options: { download: false },
	};
	const replies = hostileReplies(png, editBench.simulator.apiKey, false);
	await check({ replies, count: 12 }, async (batch) => {
		await checkSteps(editBench, edit, batch);
	});
});

it('to the model list', async () => {
	const { apiKey } = bench.simulator;
	const models = { object: 'list', data: [{ id: 'a/b', object: 'model' }, { id: 'c/d' }] };
	const replies = hostileReplies(models, apiKey, ROUNDS > 1);
	await check({ replies, count: 100 }, async (batch) => {
		const lists = await Promise.all(
			batch.map(async (_, i) => {
				const baseUrl = `${host.origin}/${i}`;
				return await openList(bench.engine, {
					credential: { region: 'custom', url: baseUrl, baseUrl, apiKey },
				});
			}),
		);
		lists.forEach(({ results }, i) => {
			expectNamed(batch[i], () => {
				expect(Array.isArray(results)).toBe(true);
				expect(JSON.stringify(results).length).toBeLessThan(3_000_000);
				for (const { name, value } of results) {
					expectWords(name);
					expectWords(value);
				}
			});
		});
	});
});
