import fc from 'fast-check';
import type {
	Departure,
	ExecutionPlan,
	ExecutionResult,
} from '../../../harness/simulatedTime/execution';
import type { ServiceBehavior } from '../../../harness/simulatedTime/service';
import { simulate, type SimulationResult } from '../../../harness/simulatedTime/simulation';

/**
 * Any mix of executions on one account, in simulated time: it ends, every image is out or told, and
 * no bound is exceeded.
 */

/** Some ten seconds; longer on a machine that does other things, too. */
jest.setTimeout(300_000);

const RUNS = 200;
const SECOND = 1_000;
const MINUTE = 60_000;
const MEGABYTE = 1024 * 1024;

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const upTo = (max: number) => fc.integer({ min: 0, max });

const rejectMs = fc.constantFrom<ServiceBehavior['rejectMs']>(
	() => 0,
	() => 5,
	() => 160,
	() => 1_500,
	() => 20_000,
	(random) => random() * 5_000,
);
const acceptMs = fc.constantFrom<ServiceBehavior['acceptMs']>(
	() => 300,
	() => 60_000,
	(random) => 3_000 + random() * 20_000,
);

const services: fc.Arbitrary<ServiceBehavior> = fc.record({
	limit: fc.record({
		images: fc.constantFrom(0, 1, 2, 3, 5, 10),
		windowMs: fc.constantFrom(5_000, 10_000, MINUTE),
		kind: fc.constantFrom('sliding', 'fixed'),
		phaseMs: upTo(MINUTE),
		countsRejections: fc.boolean(),
	}),
	rejectMs,
	acceptMs,
	batches: fc.constantFrom(undefined, 'honored', 'ignored', 'refused'),
	dailyLimitAfter: maybe(upTo(20)),
	retryAfter: maybe(fc.constantFrom('1', '30', '90', '700')),
	overloads: fc.constantFrom(0, 0, 0.3),
	cuts: fc.constantFrom(0, 0, 0.2),
	hangs: fc.constantFrom(0, 0, 0.2),
	timeoutMs: fc.constantFrom(10_000, 5 * MINUTE, 60 * MINUTE),
});

const plans: fc.Arbitrary<ExecutionPlan> = fc.record({
	process: upTo(2),
	startMs: upTo(150_000),
	items: fc.integer({ min: 1, max: 4 }),
	imagesPerItem: fc.integer({ min: 1, max: 5 }),
	models: fc.integer({ min: 1, max: 2 }),
	concurrency: fc.integer({ min: 1, max: 5 }),
	imagesPerMinute: fc.constantFrom(0, 0, 1, 3, 10),
	giveUpMs: fc.constantFrom(0, 5_000, MINUTE, 5 * MINUTE),
	stopMs: maybe(upTo(200_000)),
	loadMs: maybe(fc.constantFrom(0, 50, 2_900, 3_000, 20_000)),
	loadedBytes: fc.constantFrom(100, 5 * MEGABYTE, 30 * MEGABYTE, 100 * MEGABYTE),
	loadsFail: fc.constantFrom(0, 0, 0.3),
	loadsHang: fc.constantFrom(0, 0, 0.2),
	retryOnTimeout: fc.boolean(),
});

const seeds = upTo(1_000_000);
const mixOf = (one: typeof plans) => fc.array(one, { minLength: 1, maxLength: 4 });

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** Most images that an execution lets leave in any minute, with all that leaves in its process. */
function fullestMinute({ plan, departures }: ExecutionResult, executions: ExecutionResult[]) {
	const others = executions.filter((other) => other.plan.process === plan.process);
	const left = others.flatMap((other) => other.departures);
	const before = (atMs: number, model: number) =>
		left.filter((one) => one.model === model && one.atMs > atMs - MINUTE && one.atMs < atMs);
	return Math.max(
		0,
		...departures.map(({ atMs, model, images }) => {
			const together = departures.filter((one) => one.model === model && one.atMs === atMs);
			const own = sum(together.map((one) => one.images));
			return Math.max(images, own + sum(before(atMs, model).map((one) => one.images)));
		}),
	);
}

function checkExecution(own: ExecutionResult, { executions }: SimulationResult) {
	const { plan, images, lost, acceptedMs, departures, mostUnderWay, freeSlots, ends } = own;
	const { items, imagesPerItem = 1, concurrency, stopMs = Infinity, imagesPerMinute } = plan;
	// Everything is out or told, and nothing came twice.
	expect(images + lost).toBe(items * imagesPerItem);
	expect(images).toBe(acceptedMs.length);
	// Nothing leaves after the stop.
	expect(departures.filter(({ atMs }) => atMs >= stopMs)).toStrictEqual([]);
	// What waits, loads or is loaded then ends within a second; what is under way is answered first.
	const stoppedMs = Math.max(stopMs, plan.startMs!);
	for (const { kind, atMs } of ends) {
		if (kind !== 'notSent' || atMs <= stoppedMs + SECOND) continue;
		const answered = departures.filter(({ answeredMs = Infinity }) => answeredMs <= atMs);
		expect(answered.some(({ answeredMs = 0 }) => answeredMs >= atMs - SECOND)).toBe(true);
	}
	// As many at once as there are slots, and each slot is given back once.
	expect(mostUnderWay).toBeLessThanOrEqual(concurrency!);
	expect(freeSlots).toBe(concurrency);
	if (imagesPerMinute) {
		expect(fullestMinute(own, executions)).toBeLessThanOrEqual(imagesPerMinute);
	}
	// What is not sent is the rest of an item that failed, or was stopped.
	if (stopMs === Infinity && lost === 0)
		expect(ends.every(({ kind }) => kind === 'answer')).toBe(true);
}

const isDaily = ({ outcome }: Departure) =>
	outcome?.kind === 'reply' && outcome.text.includes('IPD limit');

/** A limit per day closes the model for all executions of the process that had begun. */
function checkDailyLimit({ plan, departures }: ExecutionResult, { executions }: SimulationResult) {
	const { startMs = 0 } = plan;
	const met = executions
		.filter((other) => other.plan.process === plan.process)
		.flatMap((other) => other.departures.filter(isDaily))
		.filter(({ answeredMs = 0 }) => answeredMs >= startMs);
	for (const { model, answeredMs = 0 } of met) {
		const later = departures.filter((one) => one.model === model && one.atMs > answeredMs);
		expect(later).toStrictEqual([]);
	}
}

it('Whatever runs together ends, all is out or told, and no bound is exceeded', async () => {
	const property = fc.asyncProperty(services, mixOf(plans), seeds, async (service, mix, seed) => {
		const result = await simulate(service, mix, seed);
		expect(result.isIdle).toBe(true);
		for (const own of result.executions) {
			checkExecution(own, result);
			checkDailyLimit(own, result);
		}
	});
	await fc.assert(property, { numRuns: RUNS });
});

const mayHang = ({ loadMs, loadsHang }: ExecutionPlan) => loadMs !== undefined && loadsHang! > 0;

/** Whether it began when something was rejected already, for each of its models. */
function wasRejectedBefore({ process, startMs, models }: ExecutionPlan, all: ExecutionResult[]) {
	const departures = all.flatMap((one) => (one.plan.process === process ? one.departures : []));
	const rejected = departures.filter(({ outcome, answeredMs = Infinity, model }) => {
		const isRejection = outcome?.kind === 'reply' && outcome.status !== 400;
		return isRejection && answeredMs < startMs! && model < models!;
	});
	return new Set(rejected.map(({ model }) => model)).size === models;
}

it('Where nothing is ever accepted, all end soon after Give Up After, beside hung requests too', async () => {
	// An answer that was cut is no rejection, and a pace may let nothing leave for a minute.
	const dead = fc
		.tuple(services, fc.constantFrom(0, 0.2, 0.5))
		.map(([service, hangs]) => ({ ...service, limit: { images: 0 }, cuts: 0, hangs }));
	const unpaced = plans.map((plan) => ({
		...plan,
		imagesPerMinute: 0,
		giveUpMs: plan.giveUpMs || MINUTE,
	}));
	// Where all loads hang, nothing is rejected, so others ask in each process for each model.
	const others = [0, 1, 2].map(
		(process): ExecutionPlan => ({ process, startMs: 0, items: 2, models: 2, giveUpMs: MINUTE }),
	);
	const property = fc.asyncProperty(dead, mixOf(unpaced), seeds, async (service, mix, seed) => {
		const { executions, images } = await simulate(service, [...others, ...mix], seed);
		expect(images).toBe(0);
		// A request without an answer holds the end open for a minute.
		const mostMs = service.hangs ? 3 * MINUTE : 2 * MINUTE;
		for (const { plan, endedMs, departures } of executions) {
			if (departures.some(({ outcome }) => outcome?.kind === 'timeout')) continue;
			if (mayHang(plan) && !wasRejectedBefore(plan, executions)) continue;
			expect(endedMs - plan.startMs! - plan.giveUpMs!).toBeLessThanOrEqual(mostMs);
		}
	});
	await fc.assert(property, { numRuns: RUNS / 2 });
});
