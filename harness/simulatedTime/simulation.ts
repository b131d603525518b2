import { Batches } from '../../nodes/SiliconFlowImage/transport/batches';
import type { Execution } from '../../nodes/SiliconFlowImage/transport/permit';
import { PermitQueue } from '../../nodes/SiliconFlowImage/transport/permitQueue';
import { RateLimiter } from '../../nodes/SiliconFlowImage/transport/rateLimiter';
import type { Reply } from '../../nodes/SiliconFlowImage/transport/request';
import { Semaphore } from '../../nodes/SiliconFlowImage/transport/semaphore';
import {
	sendWithRetries,
	type SendResult,
} from '../../nodes/SiliconFlowImage/transport/sendWithRetries';
import { Account, type AccountLimit } from './account';
import { VirtualClock } from './virtualClock';

/** How the service behaves; times in milliseconds. */
export interface ServiceBehavior {
	readonly limit: AccountLimit;
	/** How long a rejection takes. */
	readonly rejectMs?: (random: () => number) => number;
	/** How long an image takes. */
	readonly acceptMs?: (random: () => number) => number;
	/** What becomes of `batch_size`. */
	readonly batches?: 'honored' | 'ignored' | 'refused';
	/** Requests from this one on (counted from 0) meet a limit per day. */
	readonly dailyLimitAfter?: number;
}

/** One execution of the node. */
export interface ExecutionPlan {
	readonly process: number;
	readonly startMs?: number;
	/** Items, and images for each. */
	readonly items: number;
	readonly imagesPerItem?: number;
	readonly concurrency?: number;
	readonly imagesPerMinute?: number;
	readonly giveUpMs?: number;
	/** When it is stopped. */
	readonly stopMs?: number;
}

export interface ExecutionResult {
	readonly plan: ExecutionPlan;
	images: number;
	lost: number;
	/** When each image was accepted, from the start of the simulation. */
	readonly acceptedMs: number[];
	endedMs: number;
	heldMs: number;
	readonly ends: SendResult['kind'][];
	/** When each job that ended without an image was told, from the start of the simulation. */
	readonly toldMs: number[];
}

export interface SimulationResult {
	readonly account: Account;
	readonly executions: ExecutionResult[];
	readonly rejections: number;
	/** When the last image was accepted, in milliseconds from the start. */
	readonly lastAcceptedMs: number;
	readonly images: number;
	readonly wanted: number;
}

/** How long a request is on its way. */
const NETWORK_MS = 40;
/** The time at which every simulation begins, in milliseconds since 1970. */
export const START = Date.UTC(2026, 0, 1);

/** The same numbers for the same seed. */
export function randomFrom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/**
 * Executions of the node in several processes that share an account, in simulated time: the queue,
 * the limiter and the retries are the node's own, the service is a count of images.
 */
export async function simulate(
	service: ServiceBehavior,
	plans: readonly ExecutionPlan[],
	seed = 1,
): Promise<SimulationResult> {
	const random = randomFrom(seed);
	const clock = new VirtualClock(START);
	const account = new Account(service.limit);
	const processes = new Map<number, { queue: PermitQueue; batches: Batches }>();
	for (const { process } of plans) {
		if (processes.has(process)) continue;
		const queue = new PermitQueue('model', clock, new RateLimiter(random));
		processes.set(process, { queue, batches: new Batches() });
	}
	const executions = plans.map((plan): ExecutionResult => {
		return {
			plan,
			images: 0,
			lost: 0,
			acceptedMs: [],
			endedMs: 0,
			heldMs: 0,
			ends: [],
			toldMs: [],
		};
	});
	await clock.run(
		Promise.all(
			executions.map(
				async (result) =>
					await execute(result, service, {
						random,
						clock,
						account,
						limit: processes.get(result.plan.process)!,
					}),
			),
		),
	);
	const accepted = executions.flatMap(({ acceptedMs }) => acceptedMs);
	return {
		account,
		executions,
		rejections: account.log.filter(({ isAccepted }) => !isAccepted).length,
		lastAcceptedMs: Math.max(0, ...accepted),
		images: accepted.length,
		wanted: plans.reduce((sum, { items, imagesPerItem = 1 }) => sum + items * imagesPerItem, 0),
	};
}

interface World {
	readonly random: () => number;
	readonly clock: VirtualClock;
	readonly account: Account;
	readonly limit: { queue: PermitQueue; batches: Batches };
}

async function execute(result: ExecutionResult, service: ServiceBehavior, world: World) {
	const { plan } = result;
	const { random, clock, account, limit } = world;
	await clock.sleep(plan.startMs ?? 0);
	const execution: Execution = {
		startedAt: clock.now(),
		slots: new Semaphore(plan.concurrency ?? 3),
		imagesPerMinute: plan.imagesPerMinute ?? 0,
		giveUpMs: plan.giveUpMs ?? 600_000,
		onRejected: () => {},
		onResumed: () => {},
		onHeld: (from, to) => (result.heldMs += to - from),
	};
	const shouldStop = () => clock.now() - START >= (plan.stopMs ?? Infinity);
	const most = service.batches === undefined ? 1 : 4;

	/** As `generateImages` does: what does not fit into the request is asked for by the next. */
	async function request(item: number, images: number): Promise<void> {
		let own = images;
		const others: Array<Promise<void>> = [];
		const sent = await sendWithRetries(
			{
				limit,
				request: {
					execution,
					position: item * 100,
					images: () => limit.batches.size(own, most, clock.now()),
					shouldStop,
				},
				retryOnTimeout: false,
				send: async (count) => {
					if (own > count) others.push(request(item, own - count));
					own = count;
					await clock.sleep(NETWORK_MS);
					return await answer(count);
				},
			},
			clock,
		);
		result.ends.push(sent.kind);
		if (sent.kind !== 'answer') {
			result.lost += own;
			result.toldMs.push(clock.now() - START);
		} else {
			const made = JSON.parse((sent.outcome as Reply).text).images as number;
			result.images += made;
			if (made < own) {
				limit.batches.disable(clock.now());
				others.push(request(item, own - made));
			}
		}
		sent.release();
		await Promise.all(others);
	}

	async function answer(count: number): Promise<Reply> {
		const { rejectMs = () => 160, acceptMs = (next) => 3000 + next() * 20_000 } = service;
		const reply = (status: number, body: object): Reply => ({
			kind: 'reply',
			status,
			text: JSON.stringify(body),
		});
		if (account.log.length >= (service.dailyLimitAfter ?? Infinity)) {
			account.log.push({ at: clock.now(), images: count, isAccepted: false });
			await clock.sleep(rejectMs(random));
			return reply(429, { code: 50604, message: 'IPD limit reached.' });
		}
		if (service.batches === 'refused' && count > 1) {
			await clock.sleep(rejectMs(random));
			return reply(400, { code: 20035, message: 'batch_size is not supported' });
		}
		const images = service.batches === 'ignored' ? 1 : count;
		if (!account.take(clock.now(), images)) {
			await clock.sleep(rejectMs(random));
			return reply(429, { code: 50604, message: 'IPM limit reached.' });
		}
		for (let i = 0; i < images; i++) result.acceptedMs.push(clock.now() - START);
		await clock.sleep(acceptMs(random));
		return reply(200, { images });
	}

	const all = Array.from({ length: plan.items }, (_, item) => item);
	await Promise.all(all.map(async (item) => await request(item, plan.imagesPerItem ?? 1)));
	result.endedMs = clock.now() - START;
}
