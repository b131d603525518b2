import { Batches } from '../../nodes/SiliconFlowImage/transport/batches';
import { PermitQueue } from '../../nodes/SiliconFlowImage/transport/permitQueue';
import { RateLimiter } from '../../nodes/SiliconFlowImage/transport/rateLimiter';
import type { Account } from './account';
import {
	execute,
	type ExecutionPlan,
	type ExecutionResult,
	type SimulatedProcess,
} from './execution';
import { randomFrom } from './random';
import { SimulatedService, type ServiceBehavior } from './service';
import { VirtualClock } from './virtualClock';

export interface SimulationResult {
	/** Every request that came to the service. */
	readonly log: Account['log'];
	readonly executions: ExecutionResult[];
	readonly rejections: number;
	/** When the last image was accepted, in milliseconds from the start. */
	readonly lastAcceptedMs: number;
	/** Images that were accepted, and that were wanted. */
	readonly images: number;
	readonly wanted: number;
}

/**
 * Executions of the node in several processes that share an account, in simulated time: the queue,
 * the limiter and the retries are the node's own.
 */
export async function simulate(
	behavior: ServiceBehavior,
	plans: readonly ExecutionPlan[],
	seed = 1,
): Promise<SimulationResult> {
	const random = randomFrom(seed);
	const clock = new VirtualClock();
	const mostModels = Math.max(...plans.map(({ models = 1 }) => models));
	const services = Array.from(
		{ length: mostModels },
		() => new SimulatedService(behavior, clock, random),
	);
	const mostImages = behavior.batches === undefined ? 1 : 4;
	const processes = new Map<number, SimulatedProcess>();
	for (const { process } of plans) {
		if (processes.has(process)) continue;
		const models = services.map((service, n) => {
			const queue = new PermitQueue(`model ${n}`, clock, new RateLimiter(random));
			return { service, limit: { queue, batches: new Batches() } };
		});
		processes.set(process, { clock, startedAt: clock.now(), mostImages, models });
	}
	const running = plans.map(async (plan) => await execute(plan, processes.get(plan.process)!));
	const executions = await clock.run(Promise.all(running));
	const accepted = executions.flatMap(({ acceptedMs }) => acceptedMs);
	const log = services.flatMap(({ account }) => account.log);
	return {
		log,
		executions,
		rejections: log.filter(({ isAccepted }) => !isAccepted).length,
		lastAcceptedMs: Math.max(0, ...accepted),
		images: accepted.length,
		wanted: plans.reduce((sum, { items, imagesPerItem = 1 }) => sum + items * imagesPerItem, 0),
	};
}
