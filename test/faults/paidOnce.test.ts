/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { createHash } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { failures, type LoggedRequest } from '../../simulator';
import { inVirtualTime } from '../support/virtualTime';
import {
	openWorkbench,
	type Outcome,
	type StepOptions,
	type Workbench,
} from '../support/workbench';

/**
 * What is paid for comes out: in this run, or in the next one of the same step. n8n runs a step again
 * with Retry On Fail, or because a person starts the workflow again.
 */

let bench: Workbench;
beforeEach(async () => {
	bench = await openWorkbench();
});
afterEach(async () => await bench.close());

const items = (n: number) => Array.from({ length: n }, (_, i) => ({ json: { i } }));
const prompt = '={{ "fox " + $json.i }}';
const SIX = { items: items(6) };

const promptOf = ({ body }: Pick<LoggedRequest, 'body'>) => (body as { prompt?: string })?.prompt;
const isFor = (i: number) => (request: LoggedRequest) => promptOf(request) === `fox ${i}`;

/** Refuses so many requests for this item. */
const refuse = (i: number, times = Infinity) =>
	bench.simulator.fault({ ...failures.moderated, when: isFor(i), times });

let requestsBefore = 0;
let madeBefore = 0;
/** What was sent and billed since the last call. */
function spent() {
	const { generations, imagesMade } = bench.simulator;
	const found = { requests: generations.length - requestsBefore, billed: imagesMade - madeBefore };
	[requestsBefore, madeBefore] = [generations.length, imagesMade];
	return found;
}
beforeEach(() => {
	[requestsBefore, madeBefore] = [0, 0];
});

/** Runs the step once more: always the same one of the same workflow, unless the options say otherwise. */
const run = async (parameters: INodeParameters, options: StepOptions = {}, on = bench) =>
	await on.step(parameters, { workflowId: 'again and again', ...options });

const linksOf = ({ items: out }: Outcome) => out.map(({ json }) => json.url as string);
const hintsOf = ({ hints }: Outcome) => hints.map(({ message }) => message);

/** What a person sees of an output: everything but what differs from image to image. */
const shapeOf = ({ items: out }: Outcome) =>
	out.map(({ json, binary, pairedItem }) => ({
		fields: Object.keys(json),
		prompt: json.prompt,
		index: json.index,
		pairedItem,
		file: binary?.data.fileName,
	}));

async function hashesOf({ items: out }: Outcome): Promise<string[]> {
	const bytes = await Promise.all(out.map(async (item) => await bench.engine.bytesOf(item)));
	return bytes.map((one) => createHash('sha256').update(one).digest('hex'));
}

/** Stops the execution once so many images were made and handed over. */
async function stopAfter(images: number, parameters: INodeParameters, options: StepOptions) {
	const delivered = () => bench.simulator.images.filter(({ status }) => status === 200).length;
	const outcome = await run(parameters, {
		...options,
		onStart: (cancel) => {
			const watch = setInterval(() => {
				if (delivered() < images) return;
				clearInterval(watch);
				cancel();
			}, 5).unref();
		},
	});
	expect(outcome.status).toBe('canceled');
}

describe('Retry On Fail', () => {
	it('pays for each image once, while a refused item is tried again', async () => {
		refuse(3);
		const outcome = await run({ prompt }, { ...SIX, retryOnFail: true });

		expect(outcome.status).toBe('error');
		expect(spent()).toEqual({ requests: 8, billed: 5 });
	});

	it('hands out everything once the item is mended, and nothing after that', async () => {
		const control = await run({ prompt }, SIX);
		spent();
		refuse(3, 3);
		await run({ prompt }, { ...SIX, retryOnFail: true });
		const mended = await run({ prompt }, SIX);

		expect(spent()).toEqual({ requests: 9, billed: 6 });
		expect(mended.status).toBe('success');
		expect(hintsOf(mended)).toEqual([
			'5 of these images were made by an earlier run that did not finish, and were not billed again',
		]);
		expect(shapeOf(mended)).toEqual(shapeOf(control));

		const again = await run({ prompt }, SIX);
		expect(spent()).toEqual({ requests: 6, billed: 6 });
		expect(hintsOf(again)).toEqual([]);
		expect(new Set([...linksOf(mended), ...linksOf(again)]).size).toBe(12);
	});

	it('with Continue goes on with what the try before made', async () => {
		refuse(0);
		const outcome = await run(
			{ prompt },
			{ ...SIX, retryOnFail: true, onError: 'continueRegularOutput' },
		);

		expect(spent()).toEqual({ requests: 8, billed: 5 });
		expect(outcome.items).toHaveLength(6);
		expect(outcome.items[0].json.error).toContain('20021');
		expect(new Set(await hashesOf({ ...outcome, items: outcome.items.slice(1) })).size).toBe(5);
		// The last try has handed them out.
		refuse(0);
		await run({ prompt }, { ...SIX, onError: 'continueRegularOutput' });
		expect(spent()).toEqual({ requests: 6, billed: 5 });
	});

	it('downloads again what did not come', async () => {
		bench.simulator.fault({ on: 'image', cut: 'mid-body', times: 6 });
		const outcome = await run({ prompt: 'a fox' }, { retryOnFail: true });

		expect(outcome.status).toBe('success');
		expect(spent()).toEqual({ requests: 1, billed: 1 });
	});

	it('says what each try may have cost, where the outcome is not known', async () => {
		bench.simulator.fault({ ...failures.timeout, times: Infinity });
		const { error } = await run({ prompt: 'a fox' }, { retryOnFail: true });

		expect(spent().requests).toBe(3);
		expect(error?.description).toContain(
			"'Retry On Fail' has run this step 3 times, and 3 requests in all ended without a clear outcome. Each of them may have been billed.",
		);
	});

	it('says nothing of the kind after a first try, nor after refusals', async () => {
		bench.simulator.fault(failures.timeout);
		const first = await run({ prompt: 'a fox' });
		bench.simulator.fault({ ...failures.moderated, times: 3 });
		const refused = await run({ prompt: 'a fox' }, { retryOnFail: true });

		expect(first.error?.description).not.toContain('Retry On Fail');
		expect(refused.error?.description).not.toContain('Retry On Fail');
	});
});

describe('A run that fails', () => {
	it('says that its images are not lost', async () => {
		refuse(3);
		const { error } = await run({ prompt }, SIX);

		expect(error?.description).toMatch(/Already made and paid for: \d images\./);
		expect(error?.description).toContain(
			'If this step asks for the same within the hour, it outputs these images and does not pay for them again, unless n8n was restarted or another worker runs it.',
		);
	});

	it.each<[string, number, INodeParameters, string | undefined]>([
		['that expire sooner', 20, {}, '18 min'],
		['that are the output themselves', 50, { download: false }, '19 min'],
		['that are the output themselves, and expire sooner', 20, { download: false }, undefined],
	])('says for how long, with links %s', async (_name, minutes, options, expected) => {
		await bench.close();
		bench = await openWorkbench({ simulator: { linkLifetimeMs: minutes * 60_000 } });
		refuse(1);
		const { error } = await run(
			{ prompt, options, executionOptions: { concurrency: 1 } },
			{ items: items(2) },
		);
		const [, time] = /asks for the same within (.*?), it outputs/.exec(error!.description!) ?? [];
		expect(time).toBe(expected);
	});

	it('says so of those alone that have a link', async () => {
		const transformReply = (reply: { images: unknown[] }) => ({
			images: [{ b64_json: testImage('png').toString('base64') }],
			data: reply.images.slice(0, 0),
		});
		bench.simulator.fault({ transformReply, when: isFor(0) });
		refuse(1);
		const { error } = await run(
			{ prompt, executionOptions: { concurrency: 1 } },
			{ items: items(2) },
		);

		expect(error?.description).toContain('Without a link: 1 image.');
		expect(error?.description).not.toContain('does not pay for');
	});
});

it('"Retry execution" goes on with what the execution had made', async () => {
	refuse(3, 1);
	const failed = await run({ prompt }, { ...SIX, nodeId: 'step' });
	expect(failed.status).toBe('error');
	const retried = await run({ prompt }, { ...SIX, nodeId: 'step', retryOf: failed.run });

	expect(retried.status).toBe('success');
	expect(spent()).toEqual({ requests: 7, billed: 6 });
	expect(new Set(linksOf(retried)).size).toBe(6);
});

it('Stop after four of six images: the next run makes the other two', async () => {
	await bench.close();
	bench = await openWorkbench({ simulator: { latencyMs: 200 } });
	const slow = { items: items(6).map(({ json }) => ({ json: { ...json, slow: json.i > 3 } })) };
	const parameters = { prompt: '={{ "fox " + $json.i + ($json.slow ? " [slow 2]" : "") }}' };
	await stopAfter(4, parameters, slow);
	const next = await run(parameters, slow);

	expect(spent()).toEqual({ requests: 8, billed: 8 });
	expect(next.items).toHaveLength(6);
	expect(hintsOf(next)[0]).toMatch(/^4 of these images were made by an earlier run/);
}, 20_000);

describe('An edit', () => {
	const edit = (parameters: INodeParameters = {}): INodeParameters => ({
		operation: 'edit',
		model: 'Kwai-Kolors/Kolors',
		prompt,
		images: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
		...parameters,
	});
	/** As a form stores its files: anew in each run of the workflow. */
	const withFile = (n: number, seed = 1) =>
		items(n).map((item) => ({
			...item,
			files: { data: { bytes: testImage('png', seed), name: 'photo.png', mimeType: 'image/png' } },
		}));

	it.each(['filesystem', 'default'] as const)(
		'of the same file, stored anew by a whole new run, is paid for once (%s)',
		async (binaryMode) => {
			await bench.close();
			bench = await openWorkbench({ binaryMode });
			refuse(2, 1);
			const options = { executionOptions: { concurrency: 1 } };
			await run(edit(options), { items: withFile(3) });
			const next = await run(edit(options), { items: withFile(3) });

			expect(next.status).toBe('success');
			expect(spent()).toEqual({ requests: 4, billed: 3 });
			expect(hintsOf(next)).toContain(
				'2 of these images were made by an earlier run that did not finish, and were not billed again',
			);
		},
	);

	it('of another file gets nothing of it', async () => {
		refuse(2, 1);
		await run(edit(), { items: withFile(3, 1) });
		spent();
		await run(edit(), { items: withFile(3, 2) });

		expect(spent()).toEqual({ requests: 3, billed: 3 });
	});

	it('tells base64 texts apart by their content', async () => {
		const base64 = (seed: number) =>
			edit({
				images: {
					image: [{ source: 'base64', base64: testImage('png', seed).toString('base64') }],
				},
			});
		refuse(1, 1);
		const options = { executionOptions: { concurrency: 1 } };
		await run({ ...base64(1), ...options }, { items: items(2) });
		await run({ ...base64(2), ...options }, { items: items(2) });
		expect(spent()).toEqual({ requests: 4, billed: 3 });
		await run({ ...base64(1), ...options }, { items: items(2) });
		expect(spent()).toEqual({ requests: 1, billed: 1 });
	});

	it('of a URL that the service fetches itself counts within one execution only', async () => {
		const parameters = edit({
			images: { image: [{ source: 'url', url: 'https://example.com/photo.png' }] },
			executionOptions: { concurrency: 1 },
		});
		refuse(1, 3);
		await run(parameters, { items: items(2), retryOnFail: true });
		expect(spent()).toEqual({ requests: 4, billed: 1 });
		await run(parameters, { items: items(2) });
		expect(spent()).toEqual({ requests: 2, billed: 2 });
	});

	it('of a URL that n8n downloads counts by what is there', async () => {
		await bench.close();
		bench = await openWorkbench({ simulator: { site: 'com' } });
		const model = 'Qwen/Qwen-Image';
		const photos = await run({ prompt: 'a photo', model, numberOfImages: 2 });
		spent();
		const [photo, another] = linksOf(photos);
		const of = (url: string): INodeParameters => ({
			operation: 'edit',
			model: 'Qwen/Qwen-Image-Edit',
			prompt,
			images: { image: [{ source: 'url', url }] },
			executionOptions: { concurrency: 1 },
		});
		refuse(1, 1);
		await run(of(photo), { items: items(2) });
		expect(spent()).toEqual({ requests: 2, billed: 1 });
		await run(of(another), { items: items(2) });
		expect(spent()).toEqual({ requests: 2, billed: 2 });
		await run(of(photo), { items: items(2) });
		expect(spent()).toEqual({ requests: 1, billed: 1 });
	});

	it('keeps the hint about its size', async () => {
		const parameters = edit({ imageSize: 'matchInput', executionOptions: { concurrency: 1 } });
		const wide = withFile(2);
		const control = await run(parameters, { items: wide });
		refuse(1, 1);
		await run(parameters, { items: wide });
		const next = await run(parameters, { items: wide });

		expect(hintsOf(next)).toEqual([
			...hintsOf(control),
			'1 of these images was made by an earlier run that did not finish, and was not billed again',
		]);
	});
});

it('A batch with a seed whose download breaks: only the link is fetched again', async () => {
	const parameters = { prompt: 'a fox', numberOfImages: 4, options: { seed: 5 } };
	const control = await run(parameters);
	spent();
	let image: string | undefined;
	const failsOne = ({ url }: LoggedRequest) => (image ??= url) === url;
	bench.simulator.fault({ on: 'image', status: 500, body: '', times: 6, when: failsOne });
	const { result: failed } = await inVirtualTime(
		bench.simulator,
		async () => await run(parameters),
	);
	expect(failed.error?.message).toContain('HTTP 500');
	const next = await run(parameters);

	expect(next.status).toBe('success');
	expect(spent()).toEqual({ requests: 1, billed: 4 });
	expect(shapeOf(next)).toEqual(shapeOf(control));
	expect(next.items.map(({ json }) => json.seed)).toEqual([5, 5, 5, 5]);
	expect(await hashesOf(next)).toEqual(await hashesOf(control));
}, 20_000);

it('Two runs at once share what an earlier one left, and never get the same image', async () => {
	const parameters = { prompt: 'a fox', executionOptions: { concurrency: 1 } };
	// Five are made, then one is refused.
	let sent = 0;
	bench.simulator.fault({ ...failures.moderated, when: () => ++sent === 6 });
	await run(parameters, SIX);
	expect(spent()).toEqual({ requests: 6, billed: 5 });
	const [one, other] = await Promise.all([run(parameters, SIX), run(parameters, SIX)]);

	expect(spent()).toEqual({ requests: 7, billed: 7 });
	expect(new Set([...linksOf(one), ...linksOf(other)]).size).toBe(12);
});

it('The same prompt three times in one execution gives three images', async () => {
	const outcome = await bench.chain([
		{ prompt: 'a fox' },
		{ prompt: 'a fox' },
		{ prompt: 'a fox' },
	]);
	expect(outcome.status).toBe('success');
	expect(spent()).toEqual({ requests: 3, billed: 3 });
});

describe('A taken link', () => {
	/** Leaves five images of six. */
	async function leaveFive(parameters: INodeParameters = { prompt }, lifetimeMs?: number) {
		if (lifetimeMs !== undefined) {
			await bench.close();
			bench = await openWorkbench({ simulator: { linkLifetimeMs: lifetimeMs } });
		}
		refuse(5, 1);
		await run({ ...parameters, executionOptions: { concurrency: 1 } }, SIX);
		expect(spent()).toEqual({ requests: 6, billed: 5 });
	}

	it.each([
		['is gone (404)', { status: 404, body: '' }],
		['is refused (403)', { status: 403, body: '' }],
		['is gone for good (410)', { status: 410, body: '' }],
		['leads to no image', { status: 200, body: 'This is a page, and it says so in some words.' }],
		['leads to an empty file', { status: 200, body: '' }],
	])('that %s is forgotten, and its image is made in the same run', async (_name, fault) => {
		await leaveFive();
		let dead: string | undefined;
		const ofOne = ({ url }: LoggedRequest) => (dead ??= url) === url;
		bench.simulator.fault({ on: 'image', ...fault, times: Infinity, when: ofOne });
		const next = await run({ prompt }, SIX);

		expect(next.status).toBe('success');
		expect(spent()).toEqual({ requests: 2, billed: 2 });
		expect(shapeOf(next).map(({ file }) => file)).toEqual(
			Array.from({ length: 6 }, (_, i) => `image-${i + 1}.png`),
		);
		expect(hintsOf(next)[0]).toMatch(/^4 of these images/);
	});

	it('that does not answer now is kept', async () => {
		await leaveFive();
		let slow: string | undefined;
		const ofOne = ({ url }: LoggedRequest) => (slow ??= url) === url;
		bench.simulator.fault({ on: 'image', status: 503, body: '', times: 6, when: ofOne });
		const failed = await run({ prompt }, SIX);
		expect(failed.error?.message).toContain('HTTP 503');
		const next = await run({ prompt }, SIX);

		expect(next.status).toBe('success');
		expect(spent()).toEqual({ requests: 1, billed: 1 });
	}, 20_000);

	it('that would work for less than a minute is left alone', async () => {
		await leaveFive({ prompt }, 60_000);
		await run({ prompt }, SIX);
		expect(spent()).toEqual({ requests: 6, billed: 6 });
	});

	it('that is output itself must work for half an hour', async () => {
		const options = { download: false };
		await leaveFive({ prompt, options }, 29 * 60_000);
		await run({ prompt, options }, SIX);
		expect(spent()).toEqual({ requests: 6, billed: 6 });
		// Downloaded at once, they are long-lived enough.
		await run({ prompt }, SIX);
		expect(spent()).toEqual({ requests: 1, billed: 1 });
	});

	it('is output itself where it lasts', async () => {
		const options = { download: false };
		await leaveFive({ prompt, options });
		const next = await run({ prompt, options }, SIX);
		expect(spent()).toEqual({ requests: 1, billed: 1 });
		expect(new Set(linksOf(next)).size).toBe(6);
	});
});

it("An image of the run's own whose link is dead is not made a second time in that run", async () => {
	bench.simulator.fault({ on: 'image', status: 410, body: '', times: 1 });
	const first = await run({ prompt: 'a fox' });
	expect(first.error?.message).toContain('HTTP 410');
	expect(spent()).toEqual({ requests: 1, billed: 1 });

	const next = await run({ prompt: 'a fox' });
	expect(next.status).toBe('success');
	expect(spent()).toEqual({ requests: 0, billed: 0 });
});

it('Under Continue, an image that could not be downloaded is handed out with its link', async () => {
	bench.simulator.fault({ on: 'image', status: 410, body: '', times: 1 });
	const onError = 'continueRegularOutput' as const;
	const first = await run({ prompt: 'a fox' }, { onError });
	expect(first.items[0].json).toMatchObject({
		error: expect.stringContaining('HTTP 410'),
		url: expect.stringContaining('http'),
	});
	await run({ prompt: 'a fox' }, { onError });
	expect(spent()).toEqual({ requests: 2, billed: 2 });
});

describe('Limits count what is made', () => {
	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'Maximum Images per Run also holds where links of images that were there are dead (%s)',
		async (onError) => {
			refuse(5, 1);
			await run({ prompt, executionOptions: { concurrency: 1 } }, SIX);
			expect(spent()).toEqual({ requests: 6, billed: 5 });
			bench.simulator.fault({ on: 'image', status: 404, body: '', times: 5 });
			const limited = { prompt, executionOptions: { concurrency: 1, maxImages: 2 } };
			const outcome = await run(limited, { ...SIX, onError });

			expect(spent().billed).toBeLessThanOrEqual(2);
			expect(JSON.stringify(outcome.error?.message ?? outcome.items)).toContain(
				"no longer works, and 'Maximum Images per Run' is 2",
			);
		},
	);

	it('Maximum Images per Run counts no image that was there', async () => {
		refuse(5, 1);
		await run({ prompt, executionOptions: { concurrency: 1 } }, SIX);
		const next = await run({ prompt, executionOptions: { maxImages: 1 } }, SIX);

		expect(next.status).toBe('success');
		expect(spent()).toEqual({ requests: 7, billed: 6 });
	});

	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'a run that is refused by it puts back what it took (%s)',
		async (onError) => {
			refuse(3, 1);
			await run({ prompt, executionOptions: { concurrency: 1 } }, SIX);
			expect(spent()).toEqual({ requests: 4, billed: 3 });
			const refused = await run(
				{ prompt, executionOptions: { maxImages: 2 } },
				{ ...SIX, onError },
			);
			expect(JSON.stringify(refused.error?.message ?? refused.items)).toContain(
				"This run would generate 3 images, but 'Maximum Images per Run' is 2",
			);
			await run({ prompt }, SIX);
			expect(spent()).toEqual({ requests: 3, billed: 3 });
		},
	);

	it('Images per Minute counts no image that was there', async () => {
		refuse(5, 1);
		await run({ prompt, executionOptions: { concurrency: 1 } }, SIX);
		// Six have been asked for in this minute, and one more is.
		const next = await run({ prompt, executionOptions: { imagesPerMinute: 7 } }, SIX);

		expect(next.status).toBe('success');
		expect(hintsOf(next).filter((hint) => hint.startsWith('Waited'))).toEqual([]);
		expect(spent()).toEqual({ requests: 7, billed: 6 });
	});
});

describe('No image reaches', () => {
	const MODEL = 'Qwen/Qwen-Image';
	const base: INodeParameters = {
		prompt: 'a fox',
		model: MODEL,
		executionOptions: { concurrency: 1 },
	};

	/** Leaves one image of the first of two requests. */
	async function leaveOne(parameters: INodeParameters = base, options: StepOptions = {}) {
		let sent = 0;
		bench.simulator.fault({ ...failures.moderated, when: () => ++sent === 2 });
		await run(parameters, { items: items(2), ...options });
		expect(spent()).toEqual({ requests: 2, billed: 1 });
	}

	/** What a run of one item takes of what is there. */
	async function taken(parameters: INodeParameters = base, options: StepOptions = {}) {
		await run(parameters, options);
		return 1 - spent().requests;
	}

	it('(control) but the same request of the same step', async () => {
		await leaveOne();
		expect(await taken()).toBe(1);
		expect(await taken()).toBe(0);
	});

	it('another workflow', async () => {
		await leaveOne();
		expect(await taken(base, { workflowId: 'workflow-2' })).toBe(0);
		expect(await taken()).toBe(1);
	});

	it.each([null, '__EMPTY__'])(
		'a workflow without an ID (%s), nor leaves it one',
		async (workflowId) => {
			await leaveOne(base, { workflowId });
			expect(await taken(base, { workflowId })).toBe(0);
		},
	);

	it('another step', async () => {
		await leaveOne();
		expect(await taken(base, { nodeId: 'another' })).toBe(0);
		expect(await taken()).toBe(1);
	});

	it('another key, nor another address', async () => {
		const { simulator } = bench;
		await leaveOne();
		const other = await openWorkbench({ simulator: { apiKey: simulator.apiKey } });
		const sameHost = await openWorkbench({
			credential: { apiKey: 'sk-another-0001', baseUrl: simulator.baseUrl },
		});
		// The same key at another address, and another key at the same one.
		await run(base, {}, other);
		expect(other.simulator.imagesMade).toBe(1);
		const refused = await run(base, {}, sameHost);
		expect(refused.error?.httpCode).toBe('401');
		await other.close();
		await sameHost.close();
		expect(await taken()).toBe(0);
	});

	it.each<[string, INodeParameters]>([
		['prompt', { prompt: 'a wolf' }],
		['model', { model: 'Kwai-Kolors/Kolors' }],
		['size', { imageSize: '1664x928' }],
		['seed', { options: { seed: 7 } }],
		['number of steps', { options: { numInferenceSteps: 21 } }],
		['additional body field', { options: { additionalBodyFields: '{"style":"vivid"}' } }],
		['watermark', { options: { watermark: false } }],
	])('a request with another %s', async (_name, change) => {
		await leaveOne();
		const changed = { ...base, ...change };
		const control = await run(base);
		expect(hintsOf(control)[0]).toMatch(/^1 of these images was made/);
		spent();
		await leaveOne();
		expect(await taken(changed)).toBe(0);
	});

	it('another position, where a seed is set', async () => {
		const seeded = { ...base, options: { seed: 5 } };
		// Both items have position 0; of each, the second image is refused.
		await leaveOne({ ...seeded, numberOfImages: 2 }, { items: items(1) });
		expect(await taken({ ...seeded, numberOfImages: 1 })).toBe(1);
		await leaveOne({ ...seeded, numberOfImages: 2 }, { items: items(1) });
		const both = await run({ ...seeded, numberOfImages: 2 });
		expect(both.items.map(({ json }) => json.seed)).toEqual([5, 6]);
		expect(spent()).toEqual({ requests: 1, billed: 1 });
	});

	it.each<[string, INodeParameters]>([
		['Execution Options', { executionOptions: { concurrency: 2, timeout: 99, giveUpAfter: 1 } }],
		['output options', { options: { fileName: 'fox', includeInputFields: true } }],
		['Number of Images', { numberOfImages: 1 }],
	])(
		'(control) %s do not count, because they are what one changes before running again',
		async (_name, change) => {
			await leaveOne();
			expect(await taken({ ...base, ...change })).toBe(1);
		},
	);
});

describe('As the tool of an agent', () => {
	it('a call that failed leaves its images to the next one', async () => {
		bench.simulator.fault({ on: 'image', status: 410, body: '', times: 1 });
		const options = { asTool: true };
		expect((await run({ prompt: 'a fox' }, options)).status).toBe('error');
		const next = await run({ prompt: 'a fox' }, options);
		expect(next.status).toBe('success');
		expect(spent()).toEqual({ requests: 1, billed: 1 });
	});
});

describe('Fallback Model', () => {
	const QWEN = 'Qwen/Qwen-Image';
	const KOLORS = 'Kwai-Kolors/Kolors';
	const parameters = {
		prompt,
		model: QWEN,
		options: { fallbackModel: { __rl: true, mode: 'list', value: KOLORS } },
	};
	const modelsOf = ({ items: out }: Outcome) => out.map(({ json }) => json.model);
	const sent = () =>
		bench.simulator.generations.map(({ body }) => (body as { model: string }).model);
	const TWO = { items: items(2) };

	/** Disables the model until it is mended. */
	function disableQwen() {
		let isDisabled = true;
		bench.simulator.fault({
			...failures.modelDisabled,
			times: Infinity,
			when: ({ body }) => isDisabled && (body as { model: string }).model === QWEN,
		});
		return () => (isDisabled = false);
	}

	it('in the tries of Retry On Fail, it is asked for what is left, and each image is paid for once', async () => {
		disableQwen();
		refuse(3);
		const outcome = await run(parameters, { ...SIX, retryOnFail: true });
		expect(outcome.status).toBe('error');
		expect(spent().billed).toBe(5);
		// The first try alone asks the model that is disabled: its items, all at once.
		const before = sent();
		expect(before.slice(before.lastIndexOf(QWEN) + 1)).not.toContain(QWEN);
		expect(before.filter((model) => model === KOLORS)).toHaveLength(8);

		bench.simulator.reset();
		[requestsBefore, madeBefore] = [0, 0];
		const next = await run(parameters, SIX);
		expect(spent()).toEqual({ requests: 1, billed: 1 });
		expect(modelsOf(next).filter((model) => model === KOLORS)).toHaveLength(5);
	});

	/** The second item is refused, after the first one has its image. */
	async function failAtSecond() {
		refuse(1, 1);
		const outcome = await run({ ...parameters, executionOptions: { concurrency: 1 } }, TWO);
		expect(outcome.status).toBe('error');
		expect(spent()).toMatchObject({ billed: 1 });
	}

	async function failWithFallback() {
		const mend = disableQwen();
		await failAtSecond();
		mend();
	}

	it('what it made is handed out, although the chosen model is back', async () => {
		await failWithFallback();
		const before = sent().length;
		const outcome = await run(parameters, TWO);

		expect(modelsOf(outcome)).toEqual([KOLORS, QWEN]);
		expect(sent().slice(before)).toEqual([QWEN]);
		expect(spent()).toEqual({ requests: 1, billed: 1 });
		expect(hintsOf(outcome)).toEqual([
			expect.stringContaining(`${KOLORS} was used because ${QWEN} was not available`),
			expect.stringContaining('so the nearest size was used (1024x1024)'),
			expect.stringContaining('1 of these images was made by an earlier run'),
		]);
	});

	it('what it made is made anew by the chosen model where its link is dead', async () => {
		await failWithFallback();
		bench.simulator.fault({ on: 'image', status: 404, times: 1 });
		const outcome = await run(parameters, TWO);

		expect(modelsOf(outcome)).toEqual([QWEN, QWEN]);
		expect(spent()).toEqual({ requests: 2, billed: 2 });
		expect(hintsOf(outcome)).toEqual([]);
	});

	it('what it made is handed out without a word of a fallback, where it is chosen itself now', async () => {
		await failWithFallback();
		const chosen = { prompt, model: KOLORS, imageSize: '1024x1024' };
		const outcome = await run(chosen, { items: items(1) });

		expect(spent()).toEqual({ requests: 0, billed: 0 });
		expect(hintsOf(outcome)).toEqual([
			expect.stringContaining('1 of these images was made by an earlier run'),
		]);
	});

	it('what it made when it was chosen itself is handed out with what is different', async () => {
		refuse(1, 1);
		const chosen = { prompt, model: KOLORS, imageSize: '1024x1024' };
		await run({ ...chosen, executionOptions: { concurrency: 1 } }, TWO);
		spent();
		const outcome = await run(parameters, { items: items(1) });

		expect(spent()).toEqual({ requests: 0, billed: 0 });
		expect(modelsOf(outcome)).toEqual([KOLORS]);
		expect(hintsOf(outcome)).toEqual([
			expect.stringContaining('so the nearest size was used (1024x1024)'),
			expect.stringContaining('1 of these images was made by an earlier run'),
		]);
	});

	it('what the chosen model made is handed out while it is disabled', async () => {
		await failAtSecond();
		disableQwen();
		const outcome = await run(parameters, TWO);

		expect(modelsOf(outcome)).toEqual([QWEN, KOLORS]);
		expect(spent()).toEqual({ requests: 2, billed: 1 });
	});
});
