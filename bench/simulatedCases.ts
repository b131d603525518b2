import type { ExecutionPlan } from '../harness/simulatedTime/execution';
import type { ServiceBehavior } from '../harness/simulatedTime/service';

/** Executions that share an account, and how soon their images have to be accepted. */
export interface SimulatedCase {
	readonly name: string;
	readonly service: ServiceBehavior;
	readonly plans: readonly ExecutionPlan[];
	/** The highest acceptable ratio to the least time. */
	readonly times: number;
	/** The highest acceptable number of rejections for each image. */
	readonly rejections?: number;
}

/** Executions alike, spread evenly over processes. */
function alike(
	executions: number,
	{ processes = 1, items = 1 }: { processes?: number; items?: number } = {},
): ExecutionPlan[] {
	return Array.from({ length: executions }, (_, i) => ({ process: i % processes, items }));
}

const TWO = { limit: { images: 2 } };
const FIVE_OF_TWO: ExecutionPlan[] = [{ process: 0, items: 5, imagesPerItem: 2 }];

export const SIMULATED_CASES: SimulatedCase[] = [
	{
		name: '1 process, 10 executions x 1 image, 2 a minute',
		...{ service: TWO, plans: alike(10), times: 1.1, rejections: 2 },
	},
	{
		name: '4 processes, 10 executions, 2 a minute',
		...{ service: TWO, plans: alike(10, { processes: 4 }), times: 1.15, rejections: 5 },
	},
	{
		name: '20 processes x 1 image, 2 a minute',
		...{ service: TWO, plans: alike(20, { processes: 20 }), times: 1.15, rejections: 10 },
	},
	{
		name: '10 processes x 10 images, 10 a minute',
		service: { limit: { images: 10 } },
		...{ plans: alike(10, { processes: 10, items: 10 }), times: 1.15 },
	},
	...(['honored', 'ignored', 'refused'] as const).map((batches) => ({
		name: `1 process, 5 items x 2 images, 2 a minute, batch ${batches}`,
		...{ service: { ...TWO, batches }, plans: FIVE_OF_TWO, times: 1.15 },
	})),
	{
		name: 'rejections that take 1.5 s, 20 images, 2 a minute',
		service: { ...TWO, rejectMs: () => 1500 },
		...{ plans: alike(1, { items: 20 }), times: 1.15, rejections: 3 },
	},
	{
		name: 'rejections count towards the limit, 10 executions, 2 a minute',
		service: { limit: { images: 2, countsRejections: true } },
		...{ plans: alike(10), times: 4 },
	},
];
