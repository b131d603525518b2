import { AccountLimits } from '../../nodes/SiliconFlowImage/transport/accountLimits';
import type { Clock } from '../../nodes/SiliconFlowImage/transport/wait';
import type { Account } from './account';
import {
	execute,
	type ExecutionPlan,
	type ExecutionResult,
	type SimulatedProcess,
} from './execution';
import { randomFrom } from './random';
import { SimulatedService, type ServiceBehavior } from './service';
import { START, VirtualClock } from './virtualClock';

export interface SimulationResult {
	/** When it began, in milliseconds since 1970. */
	readonly startedAt: number;
	/** Every request that came to the service. */
	readonly log: Account['log'];
	readonly executions: ExecutionResult[];
	readonly rejections: number;
	/** When the last image was accepted, in milliseconds from the start. */
	readonly lastAcceptedMs: number;
	/** Whether no queue waits for anything at the end, or holds a slot. */
	readonly isIdle: boolean;
	/** Images that were accepted, and that were wanted. */
	readonly images: number;
	readonly wanted: number;
}

/** How the time of day of a process differs from the true one. */
export interface ClockFault {
	readonly offMs?: number;
	/** When somebody sets the clock, from the start, and by how much. */
	readonly jumps?: ReadonlyArray<{ readonly atMs: number; readonly byMs: number }>;
}

function clockOf(clock: VirtualClock, { offMs = 0, jumps = [] }: ClockFault): Clock {
	const start = clock.now();
	const jumped = () =>
		jumps.reduce((sum, { atMs, byMs }) => (clock.now() - start >= atMs ? sum + byMs : sum), 0);
	return {
		now: () => clock.now(),
		timeOfDay: () => clock.timeOfDay() + offMs + jumped(),
		sleep: async (milliseconds) => await clock.sleep(milliseconds),
	};
}

/**
 * Executions of the node in several processes that share an account, in simulated time: the queue,
 * the limiter and the retries are the node's own.
 */
export async function simulate(
	behavior: ServiceBehavior,
	plans: readonly ExecutionPlan[],
	seed = 1,
	clocks: (process: number) => ClockFault = () => ({}),
): Promise<SimulationResult> {
	const random = randomFrom(seed);
	// Each run begins at another time of day, because processes may go by the clock.
	const clock = new VirtualClock(START + Math.floor(randomFrom(seed ^ 0x5eed)() * 3_600_000));
	const mostModels = Math.max(...plans.map(({ models = 1 }) => models));
	const services = Array.from(
		{ length: mostModels },
		() => new SimulatedService(behavior, clock, random),
	);
	const mostImages = behavior.batches === undefined ? 1 : 4;
	const processes = new Map<number, SimulatedProcess>();
	for (const { process } of plans) {
		if (processes.has(process)) continue;
		const limits = new AccountLimits(clockOf(clock, clocks(process)), random);
		const account = { baseUrl: 'https://api.siliconflow.cn/v1', account: 'account' };
		const models = services.map((service, n) => {
			return { service, limit: limits.of({ ...account, model: `model ${n}` }) };
		});
		processes.set(process, { clock, startedAt: clock.now(), random, mostImages, models });
	}
	const running = plans.map(async (plan) => await execute(plan, processes.get(plan.process)!));
	const executions = await clock.run(Promise.all(running));
	const [{ startedAt }] = processes.values();
	const accepted = executions.flatMap(({ acceptedMs }) => acceptedMs);
	const queues = [...processes.values()].flatMap(({ models }) => models);
	const log = services.flatMap(({ account }) => account.log);
	return {
		startedAt,
		log,
		executions,
		rejections: log.filter(({ isAccepted }) => !isAccepted).length,
		isIdle: queues.every(({ limit }) => limit.queue.isIdle(Infinity)),
		lastAcceptedMs: Math.max(0, ...accepted),
		images: accepted.length,
		wanted: plans.reduce((sum, { items, imagesPerItem = 1 }) => sum + items * imagesPerItem, 0),
	};
}
