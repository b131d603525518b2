import type { ExecutionPlan } from '../harness/simulatedTime/execution';
import type { ServiceBehavior } from '../harness/simulatedTime/service';
import type { ClockFault } from '../harness/simulatedTime/simulation';

type Random = () => number;

/** Executions that share an account, and how soon their images have to be accepted. */
export interface SimulatedCase {
	readonly name: string;
	readonly service: ServiceBehavior;
	/** May depend on chance, which is in the hands of the seed. */
	readonly plans: (random: Random) => ExecutionPlan[];
	/** The clock of a process, where it is not right. */
	readonly clocks?: (random: Random) => (process: number) => ClockFault;
	/** The executions whose images must not be given up, where it is not all of them. */
	readonly watched?: (plan: ExecutionPlan) => boolean;
	readonly targets: {
		/** The highest acceptable ratio to the least time: median and worst. */
		readonly ratio?: readonly [number, number?];
		/** The highest acceptable number of rejections for each image. */
		readonly rejections?: number;
		/** The highest acceptable number of images that were given up, over all seeds. */
		readonly lost?: number;
		/** How long an image of those that are watched waits at most: median and worst, in seconds. */
		readonly waits?: readonly [number, number?];
	};
}

/** Executions alike, spread evenly over processes, that start within some time. */
function alike(
	executions: number,
	{ processes = 1, items = 1, withinMs = 0, imagesPerItem = 1 } = {},
): (random: Random) => ExecutionPlan[] {
	return (random) =>
		Array.from({ length: executions }, (_, i) => ({
			process: i % processes,
			items,
			imagesPerItem,
			startMs: Math.floor(random() * withinMs),
		}));
}

/** One process with many images, and singles in processes of their own that join over some time. */
function busyBesideSingles(items: number, singles: number, withinMs = 300_000) {
	return (random: Random): ExecutionPlan[] => [
		{ process: 0, items },
		...alike(singles, { processes: singles, withinMs })(random).map((plan) => ({
			...plan,
			process: plan.process + 1,
		})),
	];
}

const isSingle = ({ process }: ExecutionPlan) => process > 0;

/** Each clock is off by at most so much, in either direction. */
const offBy = (mostMs: number) => (random: Random) => {
	const off = Array.from({ length: 100 }, () => (random() * 2 - 1) * mostMs);
	return (process: number) => ({ offMs: off[process] });
};

const TWO = { limit: { images: 2 } };
const FIVE = { limit: { images: 5 } };
const TEN = { limit: { images: 10 } };
const SIXTY = { limit: { images: 60 } };
const COUNTING = { limit: { images: 2, countsRejections: true } };
const FIXED = (random: Random) => ({
	limit: { images: 2, kind: 'fixed', phaseMs: Math.floor(random() * 60_000) } as const,
});

export const SIMULATED_CASES: SimulatedCase[] = [
	{
		name: '1 process, 10 executions x 1 image, 2 a minute',
		...{ service: TWO, plans: alike(10) },
		targets: { ratio: [1.05, 1.05], rejections: 2 },
	},
	...[0, 1, 30].map((seconds) => ({
		name: `4 processes, 10 executions, 2 a minute, starts within ${seconds} s`,
		...{ service: TWO, plans: alike(10, { processes: 4, withinMs: seconds * 1000 }) },
		targets: { ratio: [1.1, 1.27] as const, rejections: 5 },
	})),
	...[0, 1, 30].map((seconds) => ({
		name: `20 processes x 1 image, 2 a minute, starts within ${seconds} s`,
		...{ service: TWO, plans: alike(20, { processes: 20, withinMs: seconds * 1000 }) },
		targets: { ratio: [1.1] as const, rejections: 10 },
	})),
	{
		name: '10 processes x 10 images, 10 a minute',
		...{ service: TEN, plans: alike(10, { processes: 10, items: 10, withinMs: 1000 }) },
		targets: { ratio: [1.11, 1.17] },
	},
	{
		name: '50 images beside ten singles that join, 2 a minute',
		...{ service: TWO, plans: busyBesideSingles(50, 10), watched: isSingle },
		targets: { ratio: [1.05], waits: [200] },
	},
	{
		name: '50 images beside ten singles that join, 5 a minute',
		...{ service: FIVE, plans: busyBesideSingles(50, 10), watched: isSingle },
		targets: { waits: [200, 300] },
	},
	...[0.2, 1].map((seconds) => ({
		name: `50 images beside ten singles, 2 a minute, clocks off by up to ${seconds} s`,
		...{ service: TWO, plans: busyBesideSingles(50, 10), watched: isSingle },
		clocks: offBy(seconds * 1000),
		targets: { lost: seconds < 1 ? 0 : 10 },
	})),
	{
		name: 'the same, and the clock of the busy one is set an hour back, then forth',
		...{ service: TWO, plans: busyBesideSingles(50, 10), watched: isSingle },
		clocks: () => (process) =>
			process > 0
				? {}
				: {
						jumps: [
							{ atMs: 200_000, byMs: -3_600_000 },
							{ atMs: 500_000, byMs: 3_600_000 },
						],
					},
		targets: {},
	},
	{
		name: 'rejections count, 1 process, 10 executions, 2 a minute',
		...{ service: COUNTING, plans: alike(10), targets: { ratio: [4] } },
	},
	{
		name: 'rejections count, 4 processes, 10 executions, 2 a minute',
		...{ service: COUNTING, plans: alike(10, { processes: 4, withinMs: 1000 }) },
		targets: { lost: 8 },
	},
	{
		name: '8 processes x 60 images, 60 a minute',
		...{ service: SIXTY, plans: alike(8, { processes: 8, items: 60, withinMs: 1000 }) },
		targets: { ratio: [1.12] },
	},
	{
		name: '8 processes x 2 images, 2 in each minute of a clock',
		service: FIXED(() => 0.4),
		...{ plans: alike(8, { processes: 8, items: 2, withinMs: 1000 }), targets: { ratio: [1.15] } },
	},
	{
		name: '10 images in 6 s, 30 images',
		service: { limit: { images: 10, windowMs: 6_000 }, rejectMs: () => 5, acceptMs: () => 500 },
		plans: () => [{ process: 0, items: 30, concurrency: 12 }],
		targets: { ratio: [1.2, 1.2] },
	},
	{
		name: 'edits that load for 3 s beside singles, 4 processes, 2 a minute',
		service: TWO,
		plans: (random) =>
			alike(12, { processes: 4, withinMs: 1000 })(random).map((plan, i) =>
				i % 8 < 4 ? { ...plan, loadMs: 3_000, loadedBytes: 32 * 1024 * 1024 } : plan,
			),
		targets: { ratio: [1.15] },
	},
	...(['honored', 'ignored', 'refused'] as const).map((batches) => ({
		name: `1 process, 5 items x 2 images, 2 a minute, batch ${batches}`,
		service: { ...TWO, batches },
		plans: () => [{ process: 0, items: 5, imagesPerItem: 2 }],
		targets: { ratio: [1.15, 1.15] as const },
	})),
	{
		name: 'rejections that take 1.5 s, 20 images, 2 a minute',
		service: { ...TWO, rejectMs: () => 1500 },
		plans: alike(1, { items: 20 }),
		targets: { ratio: [1.15], rejections: 3 },
	},
];
