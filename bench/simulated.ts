import { simulate } from '../harness/simulatedTime/simulation';
import { START } from '../harness/simulatedTime/virtualClock';
import type { SimulatedCase } from './simulatedCases';
import { median, type Measured } from './time';

/** Every case runs once with each. A seed decides how long images take and how pauses vary. */
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
const WINDOW_MS = 60_000;

/**
 * How soon all images of a case are accepted. What several processes do depends on chance, so the
 * targets are held against the median of the seeds; one process has to meet them with every seed.
 */
export async function measureSimulated(simulated: SimulatedCase): Promise<Measured> {
	const { name, service, plans, times, rejections = Infinity } = simulated;
	const results = await withSeeds(async (seed) => await simulate(service, plans, seed));
	const { wanted } = results[0];
	const leastMs = (Math.ceil(wanted / service.limit.images) - 1) * WINDOW_MS;
	const tookMs = spreadOf(results.map(({ lastAcceptedMs }) => lastAcceptedMs));
	const rejected = spreadOf(results.map((result) => result.rejections / wanted));
	const lost = results.reduce((sum, { images }) => sum + wanted - images, 0);
	const held = plans.every(({ process }) => process === 0) ? 'worst' : 'median';
	return {
		name,
		node: describe(tookMs, seconds),
		floor: `${leastMs / 1000} s (least)`,
		result: [
			`${describe(tookMs, (ms) => (ms / leastMs).toFixed(3))} x least`,
			`${describe(rejected, (count) => count.toFixed(1))} rejections an image`,
			lost === 0 ? 'all out' : `${lost} images lost`,
		].join('; '),
		target: [
			`all out, <= ${times} x least`,
			...(rejections < Infinity ? [`<= ${rejections} an image`] : []),
		].join(', '),
		met: lost === 0 && tookMs[held] <= times * leastMs && rejected[held] <= rejections,
	};
}

/** How soon the last of 100 waiting jobs is told that a limit per day is used up. */
export async function measureDailyLimit(): Promise<Measured> {
	const [executions, items, accepted] = [10, 11, 10];
	const plans = Array.from({ length: executions }, () => ({ process: 0, items }));
	// Ten images and a few rejections by the limit per minute come before.
	const service = { limit: { images: accepted }, dailyLimitAfter: 15 };
	let untold = 0;
	const delayMs = await withSeeds(async (seed) => {
		const result = await simulate(service, plans, seed);
		const ends = result.executions.flatMap((execution) => execution.ends);
		const toldMs = ends.filter(({ kind }) => kind !== 'answer').map(({ atMs }) => atMs);
		untold += executions * items - accepted - toldMs.length;
		return Math.max(...toldMs) - (result.log[service.dailyLimitAfter].at - START);
	});
	return {
		name: 'a daily limit, 100 jobs waiting in 10 executions',
		node: describe(spreadOf(delayMs), seconds),
		floor: '-',
		result: untold === 0 ? 'all told' : `${untold} not told`,
		target: 'all told within 1 s of the first refusal',
		met: untold === 0 && spreadOf(delayMs).worst <= 1000,
	};
}

/** How soon one image is made that joins at various times while another execution has 100 waiting. */
export async function measureJoining(): Promise<Measured> {
	const service = { limit: { images: 10 } };
	const tookMs = await withSeeds(async (seed) => {
		const startMs = WINDOW_MS + seed * 3000;
		const plans = [
			{ process: 0, items: 100 },
			{ process: 0, items: 1, startMs },
		];
		const { images, endedMs } = (await simulate(service, plans, seed)).executions[1];
		return images === 1 ? endedMs - startMs : Infinity;
	});
	const took = spreadOf(tookMs);
	return {
		name: 'one image joins while another execution has 100 waiting, 10 a minute',
		node: describe(took, seconds),
		floor: `${WINDOW_MS / 1000} s (window)`,
		result: `${describe(took, (ms) => (ms / WINDOW_MS).toFixed(2))} windows`,
		target: 'out within 2 windows',
		met: took.worst <= 2 * WINDOW_MS,
	};
}

async function withSeeds<T>(run: (seed: number) => Promise<T>): Promise<T[]> {
	const results: T[] = [];
	for (const seed of SEEDS) results.push(await run(seed));
	return results;
}

interface Spread {
	readonly median: number;
	readonly worst: number;
}

function spreadOf(values: readonly number[]): Spread {
	return { median: median(values), worst: Math.max(...values) };
}

function describe({ median: middle, worst }: Spread, format: (value: number) => string): string {
	return `${format(middle)} (worst ${format(worst)})`;
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
