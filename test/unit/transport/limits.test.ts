import type { ExecutionPlan } from '../../../harness/simulatedTime/execution';
import type { ServiceBehavior } from '../../../harness/simulatedTime/service';
import { simulate } from '../../../harness/simulatedTime/simulation';

/** Executions that share an account, in simulated time. */

/** A few seconds; longer on a machine that does other things, too. */
jest.setTimeout(120_000);

const SEEDS = [1, 2, 3, 4, 5];
const MINUTE = 60_000;

const times = (n: number, plan: (i: number) => Partial<ExecutionPlan>): ExecutionPlan[] =>
	Array.from({ length: n }, (_, i) => ({ process: 0, items: 1, ...plan(i) }));

const median = (values: number[]) =>
	[...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const two = { images: 2 };
const ten = { images: 10 };
/** As `two`, by the minutes of a clock; the first one is over after 25 seconds. */
const twoFixed = { images: 2, kind: 'fixed', phaseMs: 35_000 } as const;
const fiveItems = [{ process: 0, items: 5, imagesPerItem: 2 }];

interface Row {
	readonly name: string;
	readonly service: ServiceBehavior;
	readonly plans: ExecutionPlan[];
	/** The least time in which the account lets all images in. */
	readonly leastMs: number;
	/** Most of the least time: half of the runs, and every run. */
	readonly timeRatio: readonly [number, number];
	/** Most rejections for each image: half of the runs, and every run. */
	readonly rejections?: readonly [number, number];
}

const rows: Row[] = [
	{
		name: '10 executions in one process, 2 images a minute',
		service: { limit: two },
		plans: times(10, () => ({})),
		leastMs: 4 * MINUTE,
		timeRatio: [1.05, 1.05],
		rejections: [2, 2],
	},
	{
		name: '10 executions in one process, 2 images in each minute of a clock',
		service: { limit: twoFixed },
		plans: times(10, () => ({})),
		leastMs: 25_000 + 3 * MINUTE,
		timeRatio: [1.2, 1.3],
		rejections: [2, 2.7],
	},
	{
		name: '10 executions in 4 processes, 2 a minute',
		service: { limit: two },
		plans: times(10, (i) => ({ process: i % 4 })),
		leastMs: 4 * MINUTE,
		timeRatio: [1.1, 1.27],
		rejections: [5, 5],
	},
	{
		name: '10 executions in 4 processes, 2 in each minute of a clock',
		service: { limit: twoFixed },
		plans: times(10, (i) => ({ process: i % 4 })),
		leastMs: 25_000 + 3 * MINUTE,
		timeRatio: [1.25, 1.35],
		rejections: [5, 5],
	},
	{
		name: '20 processes with one image each, 2 a minute',
		service: { limit: two },
		plans: times(20, (i) => ({ process: i })),
		leastMs: 9 * MINUTE,
		timeRatio: [1.13, 1.15],
		rejections: [10, 10.5],
	},
	{
		name: '10 processes with 10 images each, 10 a minute',
		service: { limit: ten },
		plans: times(10, (i) => ({ process: i, items: 10 })),
		leastMs: 9 * MINUTE,
		timeRatio: [1.15, 1.2],
	},
	...(['honored', 'ignored', 'refused'] as const).map((batches) => ({
		name: `5 items with 2 images each, 2 a minute, batches ${batches}`,
		service: { limit: two, batches },
		plans: fiveItems,
		leastMs: 4 * MINUTE,
		timeRatio: [1.15, 1.15] as const,
	})),
	{
		name: 'rejections that take 1.5 seconds, 20 images, 2 a minute',
		service: { limit: two, rejectMs: () => 1_500 },
		plans: [{ process: 0, items: 20 }],
		leastMs: 9 * MINUTE,
		timeRatio: [1.15, 1.15],
		rejections: [3, 3],
	},
	{
		name: 'rejections that take up to 5 seconds',
		service: { limit: two, rejectMs: (random) => random() * 5_000 },
		plans: [{ process: 0, items: 20 }],
		leastMs: 9 * MINUTE,
		timeRatio: [1.25, 1.35],
		rejections: [3, 3],
	},
	{
		name: 'rejections count towards the limit, 10 executions',
		service: { limit: { ...two, countsRejections: true } },
		plans: times(10, () => ({})),
		leastMs: 4 * MINUTE,
		timeRatio: [4, 4],
	},
	{
		name: '100 images of one execution, 10 a minute',
		service: { limit: ten },
		plans: [{ process: 0, items: 100 }],
		leastMs: 9 * MINUTE,
		timeRatio: [1.15, 1.15],
		rejections: [1, 1],
	},
	{
		name: 'a window of 6 seconds with 10 images, answers at once',
		service: {
			limit: { images: 10, windowMs: 6_000 },
			rejectMs: () => 5,
			acceptMs: () => 500,
		},
		plans: [{ process: 0, items: 30, concurrency: 12 }],
		leastMs: 12_000,
		timeRatio: [1.2, 1.2],
		rejections: [1, 1],
	},
];

describe('All images come out, soon, with few rejections', () => {
	it.each(rows)('$name', async ({ service, plans, leastMs, timeRatio, rejections }) => {
		const runs = await Promise.all(SEEDS.map(async (seed) => await simulate(service, plans, seed)));
		for (const { images, wanted, executions } of runs) {
			expect(images).toBe(wanted);
			expect(executions.reduce((sum, own) => sum + own.images, 0)).toBe(wanted);
		}
		const ratios = runs.map(({ lastAcceptedMs }) => lastAcceptedMs / leastMs);
		const perImage = runs.map((run) => run.rejections / run.wanted);
		const [timeMedian, timeMost] = timeRatio;
		const [rejectionsMedian, rejectionsMost] = rejections ?? [Infinity, Infinity];

		expect(median(ratios)).toBeLessThanOrEqual(timeMedian);
		expect(Math.max(...ratios)).toBeLessThanOrEqual(timeMost);
		expect(median(perImage)).toBeLessThanOrEqual(rejectionsMedian);
		expect(Math.max(...perImage)).toBeLessThanOrEqual(rejectionsMost);
	});
});

describe('Turns', () => {
	const joined = [0, 1_000, 30_000, 61_000, 95_000, 200_000];

	it.each(joined)(
		'one image that joins a hundred at %d ms is out in two windows',
		async (startMs) => {
			const plans = times(2, (i) => (i === 0 ? { items: 100 } : { startMs }));
			const { executions } = await simulate({ limit: ten }, plans, startMs);

			expect(executions[1].acceptedMs[0] - startMs).toBeLessThanOrEqual(2 * MINUTE);
		},
	);

	it('executions with as many images are done at about the same time', async () => {
		const { executions } = await simulate(
			{ limit: ten },
			times(4, () => ({ items: 15 })),
		);
		const last = executions.map(({ acceptedMs }) => Math.max(...acceptedMs));

		expect(Math.max(...last) - Math.min(...last)).toBeLessThan(MINUTE);
	});

	it('within an execution the images leave in order', async () => {
		const { executions } = await simulate({ limit: two }, [
			{ process: 0, items: 4, concurrency: 1 },
		]);

		expect(executions[0].acceptedMs).toStrictEqual(
			[...executions[0].acceptedMs].sort((a, b) => a - b),
		);
	});
});

describe('A limit per day', () => {
	it('is told within a second of the first refusal to a hundred that wait in five executions', async () => {
		const plans = times(5, () => ({ items: 20 }));
		const { executions, log } = await simulate({ limit: two, dailyLimitAfter: 0 }, plans);
		const ends = executions.flatMap((own) => own.ends);
		const told = ends.map(({ atMs }) => atMs);

		expect(ends.map(({ kind }) => kind)).toStrictEqual(Array(100).fill('gaveUp'));
		expect(Math.max(...told) - Math.min(...told)).toBeLessThanOrEqual(1_000);
		// Those that were under way when it was met, and no more.
		expect(log).toHaveLength(15);
	});

	it('is told as soon where it is met after minutes', async () => {
		const plans = times(5, () => ({ items: 20 }));
		const { executions } = await simulate({ limit: ten, dailyLimitAfter: 60 }, plans);
		const told = executions
			.flatMap((own) => own.ends)
			.filter(({ kind }) => kind === 'gaveUp')
			.map(({ atMs }) => atMs);

		expect(told.length).toBeGreaterThan(30);
		expect(Math.max(...told) - Math.min(...told)).toBeLessThanOrEqual(1_000);
	});

	it('an execution that begins later asks once', async () => {
		const plans = [
			...times(2, () => ({ items: 5 })),
			...times(1, () => ({ items: 9, startMs: MINUTE })),
		];
		const { executions } = await simulate({ limit: two, dailyLimitAfter: 0 }, plans);
		const [, , later] = executions;

		expect(later.departures).toHaveLength(1);
		expect(later.ends).toHaveLength(9);
		expect(later.endedMs).toBeLessThanOrEqual(MINUTE + 1_000);
	});

	it('of one model does not end another, not even in the same execution', async () => {
		const plans = times(2, (i) => ({ items: 4, models: i + 1 }));
		const { executions } = await simulate({ limit: two, dailyLimitAfter: 2 }, plans);
		const kinds = executions[1].ends.map(({ kind }) => kind);

		// Two items of the second execution are for the other model.
		expect(executions[1].images).toBe(2);
		expect(kinds.filter((kind) => kind === 'gaveUp')).toHaveLength(2);
		expect(executions[0].images).toBe(2);
	});
});

describe('A limit that never lets in', () => {
	it.each([
		['10 seconds', 10_000, 12],
		['10 minutes', 600_000, 45],
	])('ends after Give Up After: %s', async (_name, giveUpMs, mostRejections) => {
		const plans = times(10, () => ({ giveUpMs }));
		const { executions, rejections } = await simulate({ limit: { images: 0 } }, plans);
		const ended = executions.map(({ endedMs }) => endedMs);

		expect(Math.min(...ended)).toBeGreaterThanOrEqual(giveUpMs);
		expect(Math.max(...ended)).toBeLessThanOrEqual(giveUpMs + 1_000);
		expect(rejections).toBeLessThanOrEqual(10 + mostRejections);
	});

	it('ends although it asks for five minutes each time', async () => {
		const service = { limit: { images: 0 }, retryAfter: '300' };
		const { executions } = await simulate(
			service,
			times(3, () => ({ giveUpMs: 700_000 })),
		);

		for (const { endedMs } of executions) expect(endedMs).toBeLessThanOrEqual(701_000);
	});
});
