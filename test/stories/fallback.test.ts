/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import type { INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { failures, type Fault } from '../../simulator';
import { inVirtualTime } from '../support/virtualTime';
import {
	openWorkbench,
	type Outcome,
	type StepOptions,
	type Workbench,
} from '../support/workbench';

/** Fallback Model makes the images that the chosen model cannot. */

const KOLORS = 'Kwai-Kolors/Kolors';
const QWEN = 'Qwen/Qwen-Image';
const QWEN_EDIT = 'Qwen/Qwen-Image-Edit';
const EDIT_2509 = 'Qwen/Qwen-Image-Edit-2509';
const always = Infinity;

const fallback = (value: string) => ({ fallbackModel: { __rl: true, mode: 'list', value } });
const items = (n: number) => Array.from({ length: n }, (_, i) => ({ json: { i } }));
const prompt = '={{ "fox " + $json.i }}';
const hintsOf = ({ hints }: Outcome) => hints.map(({ message }) => message);
const wasUsed = (reason: string, model = KOLORS, instead = QWEN) =>
	`'Fallback Model': ${model} was used because ${instead} was not available (${reason})`;
const otherSize = `'Image Size': ${KOLORS} does not have 1328x1328, so the nearest size was used (1024x1024)`;
const disabled = 'HTTP 403, code 30003: Model disabled';

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

interface Body {
	readonly model: string;
	readonly prompt: string;
	readonly seed?: number;
	readonly batch_size?: number;
	readonly image_size?: string;
}
const bodies = () => bench.simulator.generations.map(({ body }) => body as Body);
const models = () => bodies().map(({ model }) => model);
/** The service does so with requests for one model. */
const fault = (model: string, what: Fault) =>
	bench.simulator.fault({
		times: always,
		...what,
		when: (request) => (request.body as Body).model === model && (what.when?.(request) ?? true),
	});
const step = async (parameters: INodeParameters = {}, options: StepOptions = {}) =>
	await bench.step(
		{
			model: QWEN,
			prompt: 'a fox',
			...parameters,
			options: { download: false, ...fallback(KOLORS), ...(parameters.options as object) },
		},
		options,
	);
/** The same with an account of its own, because what was rejected is remembered, on a virtual clock. */
const stepOfOwn = async (parameters: INodeParameters = {}, options: StepOptions = {}) =>
	await inVirtualTime(bench.simulator, async () => await step(parameters, options));

describe('A model that is refused gives way at once', () => {
	it.each<[string, Fault, string]>([
		[
			'unknown',
			failures.modelUnknown,
			'HTTP 400, code 20012: Model does not exist. Please check it carefully',
		],
		['disabled', failures.modelDisabled, disabled],
		['retired', failures.retired, 'HTTP 410, code 20092: This endpoint has been retired'],
		['not found', { status: 404, body: { message: 'No such model' } }, 'HTTP 404: No such model'],
		['gone, without words', { status: 410, body: '' }, 'HTTP 410'],
	])('%s', async (_name, failure, reason) => {
		fault(QWEN, failure);
		const outcome = await step();

		expect(outcome.error).toBeUndefined();
		expect(outcome.items.map(({ json }) => json.model)).toStrictEqual([KOLORS]);
		expect(bodies()).toStrictEqual([
			{ model: QWEN, prompt: 'a fox', image_size: '1328x1328' },
			{ model: KOLORS, prompt: 'a fox', image_size: '1024x1024' },
		]);
		expect(hintsOf(outcome)).toStrictEqual([wasUsed(reason), otherSize]);
	});
});

describe('What does not concern the model is told as ever', () => {
	it.each<[string, Fault]>([
		...(
			[
				'parameterInvalid',
				'sizeInvalid',
				'invalidToken',
				'keyInvalidCoded',
				'balance',
				'balanceOlder',
				'userDisabled',
				'realName',
				'chargedBalance',
				'ipNotAllowed',
				'forbidden',
				'notFound',
				'tooLarge',
				'moderated',
				'unknownError',
				'badGateway',
				'timeout',
			] as const
		).map((name) => [name, failures[name]] as [string, Fault]),
		['a cut connection', { cut: 'before-headers' }],
		['a reply without an image', { transformReply: () => ({ images: [] }) }],
	])('%s', async (_name, failure) => {
		fault(QWEN, failure);
		const { error, items: out } = await step();

		expect(out).toStrictEqual([]);
		expect(error?.message).not.toContain(KOLORS);
		expect(models()).toStrictEqual([QWEN]);
	});

	it('such as a host that cannot be reached', async () => {
		const own = await openWorkbench();
		const { result } = await inVirtualTime(own.simulator, async () => {
			await own.simulator.close();
			return await own.step({ model: QWEN, prompt: 'a fox', options: fallback(KOLORS) });
		});

		expect(result.error?.message).toMatch(/^SiliconFlow cannot be reached/);
	});

	it('such as an image that was made and cannot be downloaded', async () => {
		bench.simulator.fault({ on: 'image', status: 404, times: always });
		const { result } = await stepOfOwn({ options: { download: true } });

		expect(result.error?.message).toMatch(/^The image was made but not downloaded/);
		expect(models()).toStrictEqual([QWEN]);
	});
});

describe('A model that accepts nothing gives way when waiting is over', () => {
	let shared: Workbench;
	// What was rejected is remembered for an account, so each test has one.
	beforeEach(async () => {
		shared = bench;
		bench = await openWorkbench();
	});
	afterEach(async () => {
		await bench.close();
		bench = shared;
	});

	it.each<[string, Fault, string]>([
		['a rate limit', failures.rateLimit, 'SiliconFlow accepted no image in 2 min'],
		['an overload', failures.overloaded, 'SiliconFlow accepted no image in 2 min'],
	])('%s lasts longer than Give Up After', async (_name, failure, reason) => {
		fault(QWEN, failure);
		const { result, elapsedMs } = await stepOfOwn({ executionOptions: { giveUpAfter: 2 } });

		expect(result.items.map(({ json }) => json.model)).toStrictEqual([KOLORS]);
		expect(hintsOf(result).slice(0, 2)).toStrictEqual([
			expect.stringMatching(new RegExp(`\\(${reason}( \\d s)?\\)$`)),
			otherSize,
		]);
		expect(elapsedMs).toBeGreaterThanOrEqual(120_000);
		expect(elapsedMs).toBeLessThan(160_000);
		expect(models().filter((model) => model === KOLORS)).toHaveLength(1);
	});

	it.each<[string, Fault, INodeParameters, string]>([
		['the daily limit', failures.rateLimitDaily, {}, 'the daily limit of the account is used up'],
		[
			'a wait that is longer than Give Up After',
			{ ...failures.rateLimit, headers: { 'retry-after': '36000' } },
			{},
			'SiliconFlow asks to wait 10 h',
		],
		[
			'a rate limit where nobody waits',
			failures.rateLimit,
			{ giveUpAfter: 0 },
			'HTTP 429, code 50604: Request was rejected due to rate limiting. Details:IPM limit reached',
		],
		[
			'an overload where nobody waits',
			failures.overloaded,
			{ giveUpAfter: 0 },
			'HTTP 503, code 50505: Model service overloaded. Please try again later',
		],
	])('%s is not waited for', async (_name, failure, executionOptions, reason) => {
		fault(QWEN, failure);
		const { result, elapsedMs } = await stepOfOwn({ executionOptions });

		expect(result.items.map(({ json }) => json.model)).toStrictEqual([KOLORS]);
		expect(hintsOf(result)).toStrictEqual([wasUsed(reason), otherSize]);
		expect(models()).toStrictEqual([QWEN, KOLORS]);
		expect(elapsedMs).toBeLessThan(5_000);
	});

	it('the fallback has a Give Up After of its own', async () => {
		fault(QWEN, failures.rateLimit);
		fault(KOLORS, { ...failures.rateLimit, times: 3 });
		const { result, elapsedMs } = await stepOfOwn({ executionOptions: { giveUpAfter: 2 } });

		expect(result.items.map(({ json }) => json.model)).toStrictEqual([KOLORS]);
		expect(models().filter((model) => model === KOLORS)).toHaveLength(4);
		// Back-offs of 2 and 4 seconds, with a mark among them or behind them.
		expect(elapsedMs).toBeGreaterThanOrEqual(125_900);
	});

	it('the items of a run wait together, and those that come later not at all', async () => {
		fault(QWEN, failures.rateLimit);
		const { result, elapsedMs } = await stepOfOwn(
			{ prompt, executionOptions: { giveUpAfter: 2, concurrency: 1 } },
			{ items: items(12) },
		);

		expect(result.items.map(({ json }) => [json.model, json.prompt])).toStrictEqual(
			items(12).map(({ json }) => [KOLORS, `fox ${json.i}`]),
		);
		expect(elapsedMs).toBeLessThan(170_000);
	});

	it('where both accept nothing, the message names both', async () => {
		for (const model of [QWEN, KOLORS]) fault(model, failures.rateLimitDaily);
		const { result } = await stepOfOwn();

		expect(result.error?.message).toBe(
			`${QWEN} was not available (the daily limit of the account is used up). 'Fallback Model' ${KOLORS}: SiliconFlow did not make the image (HTTP 429, code 50605): Request was rejected due to rate limiting. Details:IPD limit reached.`,
		);
		expect(result.error?.description).toMatch(/^The daily limit of the account for this model/);
	});

	it('a cancel while the model is waited for ends the run', async () => {
		fault(QWEN, failures.rateLimit);
		const { result } = await stepOfOwn(
			{},
			{
				onStart: (cancel) => {
					const watch = setInterval(() => {
						if (models().length < 2) return;
						clearInterval(watch);
						cancel();
					}, 500);
				},
			},
		);

		expect(result.status).toBe('canceled');
		expect(models()).not.toContain(KOLORS);
	});
});

describe('Several images and items', () => {
	/** From its second request on. */
	const afterFirst = () => {
		let seen = 0;
		return { ...failures.modelDisabled, when: () => ++seen > 1 };
	};

	it('what is left of a job keeps its order, seeds and file names', async () => {
		fault(QWEN, afterFirst());
		const outcome = await step({
			numberOfImages: 4,
			options: { download: true, seed: 7, fileName: 'fox' },
			executionOptions: { concurrency: 1 },
		});

		expect(
			outcome.items.map(({ json, binary, pairedItem }) => [
				json.model,
				json.index,
				json.seed,
				binary?.data.fileName,
				pairedItem,
			]),
		).toStrictEqual([
			[QWEN, 0, 7, 'fox-1.png', { item: 0 }],
			[KOLORS, 1, 8, 'fox-2.png', { item: 0 }],
			[KOLORS, 2, 8, 'fox-3.png', { item: 0 }],
			[KOLORS, 3, 8, 'fox-4.png', { item: 0 }],
		]);
		expect(bodies().map(({ model, seed, batch_size }) => [model, seed, batch_size])).toStrictEqual([
			[QWEN, 7, undefined],
			[QWEN, 8, undefined],
			// A batch of the fallback, as its row says; one request has one seed.
			[KOLORS, 8, 3],
		]);
		expect(hintsOf(outcome)).toStrictEqual([wasUsed(disabled), otherSize]);
	});

	it('a batch that is refused is made one by one, where the fallback takes no batches', async () => {
		fault(KOLORS, failures.modelDisabled);
		const { items: out } = await step({
			model: KOLORS,
			numberOfImages: 3,
			options: { seed: 7, ...fallback(QWEN) },
			executionOptions: { concurrency: 1 },
		});

		expect(bodies().map(({ model, seed, batch_size }) => [model, seed, batch_size])).toStrictEqual([
			[KOLORS, 7, 3],
			[QWEN, 7, undefined],
			[QWEN, 8, undefined],
			[QWEN, 9, undefined],
		]);
		expect(out.map(({ json }) => [json.model, json.seed])).toStrictEqual([
			[QWEN, 7],
			[QWEN, 8],
			[QWEN, 9],
		]);
	});

	it('the other items do not ask the model again', async () => {
		fault(QWEN, failures.modelDisabled);
		const outcome = await step(
			{ prompt, executionOptions: { concurrency: 1 }, options: { download: true } },
			{ items: items(5) },
		);

		expect(models()).toStrictEqual([QWEN, ...Array(5).fill(KOLORS)]);
		expect(
			outcome.items.map(({ json, pairedItem, binary }) => [
				json.model,
				json.prompt,
				pairedItem,
				binary?.data.fileName,
			]),
		).toStrictEqual(
			items(5).map(({ json: { i } }) => [KOLORS, `fox ${i}`, { item: i }, `image-${i + 1}.png`]),
		);
		expect(hintsOf(outcome)).toStrictEqual([wasUsed(disabled), otherSize]);
	});

	it('an item without a fallback is told of the refusal, and the others go on', async () => {
		fault(QWEN, failures.modelDisabled);
		const { items: out } = await step(
			{
				prompt,
				options: fallback(`={{ $json.i === 1 ? "" : "${KOLORS}" }}`),
				executionOptions: { concurrency: 1 },
			},
			{ items: items(3), onError: 'continueRegularOutput' },
		);

		expect(out.map(({ json }) => json.error ?? json.model)).toStrictEqual([
			KOLORS,
			'SiliconFlow did not make the image (HTTP 403, code 30003): Model disabled.',
			KOLORS,
		]);
	});

	it('where an item is refused for another reason, nothing more is sent for it', async () => {
		let seen = 0;
		bench.simulator.fault({ ...failures.moderated, delayMs: 300, when: () => seen++ === 0 });
		fault(QWEN, failures.modelDisabled);
		const { error } = await step({ numberOfImages: 3, executionOptions: { concurrency: 2 } });

		expect(error?.message).toMatch(/^SiliconFlow did not make the image \(HTTP 451/);
		expect(models()).not.toContain(KOLORS);
	});
});

describe('A fallback that fails too', () => {
	const both = `${QWEN} was not available (${disabled}). 'Fallback Model' ${KOLORS}: SiliconFlow did not make the image (HTTP 402, code 30001): Sorry, your account balance is insufficient`;

	it('is told together with the model that it stood in for', async () => {
		fault(QWEN, failures.modelDisabled);
		fault(KOLORS, failures.balance);
		const { error } = await step();

		expect(error?.message).toBe(both);
		expect(error?.description).toMatch(/^The balance of the account does not cover this image/);
		expect(error?.description).toContain(bench.simulator.generations[1].traceId);
		expect(error?.context.itemIndex).toBe(0);
	});

	it('ends its own item only, where the step continues', async () => {
		fault(QWEN, failures.modelDisabled);
		fault(KOLORS, { ...failures.balance, when: ({ body }) => (body as Body).prompt === 'fox 1' });
		const outcome = await step({ prompt }, { items: items(3), onError: 'continueRegularOutput' });

		expect(outcome.items.map(({ json }) => json.error ?? json.model)).toStrictEqual([
			KOLORS,
			both,
			KOLORS,
		]);
		expect(outcome.items[1].json).toMatchObject({
			model: KOLORS,
			status: 402,
			code: 30001,
			prompt: 'fox 1',
		});
	});

	it('and is refused for itself has a message as short as it can be', async () => {
		const long = { code: 30003, message: 'Model disabled. '.repeat(100) };
		fault(QWEN, { status: 403, body: long });
		fault(KOLORS, failures.modelUnknown);
		const { error } = await step();

		expect(error?.message).toMatch(
			/code 20012\): Model does not exist\. Please check it carefully\.$/,
		);
		expect(error?.message.length).toBeLessThan(500);
	});

	it('after its image was made is told as any other', async () => {
		fault(QWEN, failures.modelDisabled);
		bench.simulator.fault({ on: 'image', status: 404, times: always });
		const { result } = await stepOfOwn(
			{ options: { download: true } },
			{ onError: 'continueRegularOutput' },
		);

		expect(result.items[0].json).toMatchObject({
			error: expect.stringMatching(/^The image was made but not downloaded/),
			model: KOLORS,
			url: expect.any(String),
		});
	});
});

describe('Within an execution', () => {
	it('a further try of Retry On Fail does not ask the model again', async () => {
		fault(QWEN, failures.modelDisabled);
		fault(KOLORS, { ...failures.balance, times: 1 });
		const outcome = await step({}, { retryOnFail: true });

		expect(outcome.error).toBeUndefined();
		expect(models()).toStrictEqual([QWEN, KOLORS, KOLORS]);
		expect(outcome.items[0].json.model).toBe(KOLORS);
		expect(hintsOf(outcome)).toStrictEqual([wasUsed(disabled), otherSize]);
	});

	it('a later step does not ask it either, but another execution does', async () => {
		fault(QWEN, failures.modelDisabled);
		const parameters = {
			model: { __rl: true, mode: 'list', value: QWEN },
			prompt: 'a fox',
			options: { download: false, ...fallback(KOLORS) },
		};
		await bench.chain([parameters, parameters]);
		expect(models()).toStrictEqual([QWEN, KOLORS, KOLORS]);

		await bench.chain([parameters]);
		expect(models().slice(3)).toStrictEqual([QWEN, KOLORS]);
	});

	it('a step without a fallback asks the model', async () => {
		fault(QWEN, failures.modelDisabled);
		const model = { __rl: true, mode: 'list', value: QWEN };
		const options = { download: false };
		const { error } = await bench.chain([
			{ model, prompt: 'a fox', options: { ...options, ...fallback(KOLORS) } },
			{ model, prompt: 'a fox', options },
		]);

		expect(models()).toStrictEqual([QWEN, KOLORS, QWEN]);
		expect(error?.message).toBe(
			'SiliconFlow did not make the image (HTTP 403, code 30003): Model disabled.',
		);
	});
});

describe('An edit', () => {
	const files = {
		data: { bytes: testImage('png', 1) },
		photo: { bytes: testImage('jpeg', 2) },
	};
	const edit = async (model: string, other: string, names = 'data') =>
		await step(
			{
				operation: 'edit',
				model,
				prompt: 'make it winter',
				images: { image: [{ source: 'binary', binaryPropertyName: names }] },
				options: fallback(other),
			},
			{ items: [{ files }] },
		);

	it('goes to the fallback with its images', async () => {
		fault(EDIT_2509, failures.modelDisabled);
		const outcome = await edit(EDIT_2509, 'Acme/Tomorrow-1', 'data, photo');
		const [first, second] = bodies() as unknown as Array<Record<string, string>>;

		expect(outcome.items[0].json.model).toBe('Acme/Tomorrow-1');
		expect(second).toStrictEqual({ ...first, model: 'Acme/Tomorrow-1' });
		expect(second.image2).toMatch(/^data:image\/jpeg;base64,/);
	});

	it('has the shape of its input image, where the first model chose it itself', async () => {
		fault(QWEN_EDIT, failures.modelDisabled);
		const outcome = await edit(QWEN_EDIT, KOLORS);

		// The image has 48 x 32 pixels.
		expect(bodies()[1].image_size).toBe('1280x960');
		expect(hintsOf(outcome)).toStrictEqual([
			`'Image Size': ${KOLORS} has no size with the shape of an input image, so the nearest was used (1280x960)`,
			wasUsed(disabled, KOLORS, QWEN_EDIT),
		]);
	});
});

it('n8n downloads an input image where the fallback takes no URLs, but the first model does', async () => {
	const own = await openWorkbench({ simulator: { site: 'com' } });
	const other = 'Acme/Tomorrow-1';
	const isOther = ({ body }: { body?: unknown }) => (body as Body | undefined)?.model === other;
	own.simulator.fault({ ...failures.modelDisabled, when: isOther });
	const outcome = await own.chain([
		{ model: { __rl: true, mode: 'id', value: QWEN }, prompt: 'a fox' },
		{
			operation: 'edit',
			model: { __rl: true, mode: 'id', value: other },
			prompt: 'make it winter',
			images: { image: [{ source: 'url', url: '={{ $json.url }}' }] },
			options: fallback(QWEN_EDIT),
		},
	]);
	await own.close();
	const sent = own.simulator.generations.map(({ body }) => body as Record<string, string>);

	expect(outcome.error).toBeUndefined();
	expect(sent.map(({ model, image }) => [model, image?.slice(0, 14)])).toStrictEqual([
		[QWEN, undefined],
		[other, 'http://127.0.0'],
		[QWEN_EDIT, 'data:image/png'],
	]);
});

it('What the fallback does not take is left out, which hints say', async () => {
	fault(QWEN, failures.modelDisabled);
	const outcome = await step({
		imageSize: '1664x928',
		options: { cfg: 4, seed: 7, negativePrompt: 'blur', additionalBodyFields: '{"style":"ink"}' },
	});

	expect(bodies()).toStrictEqual([
		{
			model: QWEN,
			prompt: 'a fox',
			image_size: '1664x928',
			cfg: 4,
			seed: 7,
			negative_prompt: 'blur',
			style: 'ink',
		},
		{ model: KOLORS, prompt: 'a fox', image_size: '1280x720', seed: 7, negative_prompt: 'blur' },
	]);
	expect(hintsOf(outcome)).toStrictEqual([
		wasUsed(disabled),
		`'Image Size': ${KOLORS} does not have 1664x928, so the nearest size was used (1280x720)`,
		`${KOLORS} does not take 'CFG Scale', so it was left out`,
		`'Additional Body Fields' were left out for ${KOLORS}, because they were set for ${QWEN}`,
	]);
});

it('As a tool of an agent, it works alike', async () => {
	fault(QWEN, failures.modelDisabled);
	const { items: out } = await step({}, { asTool: true });

	expect(out.map(({ json }) => json.model)).toStrictEqual([KOLORS]);
});
