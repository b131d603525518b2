import { randomFrom } from '../harness/simulatedTime/random';
import { simulate } from '../harness/simulatedTime/simulation';
import type { SimulatedCase } from './simulatedCases';
import { median, type Measured } from './time';

/** Every case runs once with each, which decides on the time of day, and on how long images take. */
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
const WINDOW_MS = 60_000;

/** How soon all images of a case are accepted, after the first execution has started. */
export async function measureSimulated(simulated: SimulatedCase): Promise<Measured> {
	const { name, service, targets, watched = () => true } = simulated;
	const { images: limit, windowMs = WINDOW_MS } = service.limit;
	const [ratios, rejected, waits]: number[][] = [[], [], []];
	let lost = 0;
	let leastMs = 0;
	for (const seed of SEEDS) {
		const random = randomFrom(seed * 7919);
		const plans = simulated.plans(random);
		const result = await simulate(service, plans, seed, simulated.clocks?.(random));
		leastMs = (Math.ceil(result.wanted / limit) - 1) * windowMs;
		const startMs = Math.min(...plans.map((plan) => plan.startMs ?? 0));
		ratios.push((result.lastAcceptedMs - startMs) / leastMs);
		rejected.push(result.rejections / result.wanted);
		for (const { plan, acceptedMs, lost: own } of result.executions) {
			if (!watched(plan)) continue;
			lost += own;
			waits.push(...acceptedMs.map((atMs) => (atMs - (plan.startMs ?? 0)) / 1000));
		}
	}
	const [ratio, perImage, waited] = [ratios, rejected, waits].map(spreadOf);
	const holds = ({ median: middle, worst }: Spread, [most, mostWorst]: Target = [Infinity]) =>
		middle <= most && worst <= (mostWorst ?? Infinity);
	return {
		name,
		node: describe(ratio, (times) => times.toFixed(3)),
		floor: `${leastMs / 1000} s (least)`,
		result: [
			`${describe(perImage, (count) => count.toFixed(1))} rejections an image`,
			`waits ${describe(waited, (wait) => `${wait.toFixed(0)} s`)}`,
			lost === 0 ? 'all out' : `${lost} given up`,
		].join('; '),
		target: JSON.stringify({ lost: 0, ...targets }),
		met:
			holds(ratio, targets.ratio) &&
			holds(waited, targets.waits) &&
			perImage.median <= (targets.rejections ?? Infinity) &&
			lost <= (targets.lost ?? 0),
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
		return Math.max(...toldMs) - (result.log[service.dailyLimitAfter].at - result.startedAt);
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

type Target = readonly [number, number?];

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
