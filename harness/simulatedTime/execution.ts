import {
	generateImages,
	type Received,
	type RequestEnd,
} from '../../nodes/SiliconFlowImage/execution/generateImages';
import type { Batches } from '../../nodes/SiliconFlowImage/transport/attempt';
import type { NoAnswer } from '../../nodes/SiliconFlowImage/transport/outcome';
import type { Execution, PermitQueue } from '../../nodes/SiliconFlowImage/transport/permitQueue';
import type { Reply } from '../../nodes/SiliconFlowImage/transport/postImages';
import { Semaphore } from '../../nodes/SiliconFlowImage/transport/semaphore';
import type { Clock } from '../../nodes/SiliconFlowImage/transport/wait';
import type { SimulatedService } from './service';

/** One execution of the node. Times are from the start of the simulation, in milliseconds. */
export interface ExecutionPlan {
	readonly process: number;
	readonly startMs?: number;
	/** Items, and images for each. */
	readonly items: number;
	readonly imagesPerItem?: number;
	/** Its items take turns with so many models, each with a limit of its own. */
	readonly models?: number;
	readonly concurrency?: number;
	readonly imagesPerMinute?: number;
	readonly giveUpMs?: number;
	/** When it is stopped. */
	readonly stopMs?: number;
	/** How long the input images take to load; without it, there are none. */
	readonly loadMs?: number;
	/** What they hold in memory. */
	readonly loadedBytes?: number;
	/** Part of the loads, from 0 to 1, that fail. */
	readonly loadsFail?: number;
	/** Part of the loads, from 0 to 1, that fail only after an hour. */
	readonly loadsHang?: number;
	readonly retryOnTimeout?: boolean;
}

/** One request that left. */
export interface Departure {
	readonly atMs: number;
	readonly images: number;
	readonly model: number;
	/** When it was answered, and with what; the connection may have been cut too. */
	answeredMs?: number;
	outcome?: Reply | NoAnswer;
}

/** What became of it. */
export interface ExecutionResult {
	readonly plan: ExecutionPlan;
	/** Images that arrived. */
	images: number;
	/** Images that a failure was told for, or that were not requested because of one. */
	lost: number;
	/** When each image was let in by the service. */
	readonly acceptedMs: number[];
	/** Every request that left. */
	readonly departures: Departure[];
	/** Most requests that were under way at once. */
	mostUnderWay: number;
	/** How often input images were loaded. */
	loads: number;
	/** Slots that are free at the end. */
	freeSlots: number;
	endedMs: number;
	heldMs: number;
	/** What each request became. */
	readonly ends: Array<{ readonly kind: RequestEnd['kind']; readonly atMs: number }>;
}

/** What the executions of a process share. */
export interface SimulatedProcess {
	readonly clock: Clock;
	/** When the simulation began, in milliseconds since 1970. */
	readonly startedAt: number;
	readonly random: () => number;
	/** Images that a model takes in a request. */
	readonly mostImages: number;
	readonly models: ReadonlyArray<{
		readonly service: SimulatedService;
		readonly limit: { readonly queue: PermitQueue; readonly batches: Batches };
	}>;
}

const HUNG_LOAD_MS = 3_600_000;

/** Runs one execution, with the node's own loop, until all of its images are out or told. */
export async function execute(
	plan: ExecutionPlan,
	{ clock, startedAt, random, mostImages, models }: SimulatedProcess,
): Promise<ExecutionResult> {
	const { items, imagesPerItem = 1, concurrency = 3, imagesPerMinute = 0, loadMs } = plan;
	const result: ExecutionResult = {
		plan,
		images: 0,
		lost: 0,
		acceptedMs: [],
		departures: [],
		mostUnderWay: 0,
		loads: 0,
		freeSlots: 0,
		endedMs: 0,
		heldMs: 0,
		ends: [],
	};
	const ms = () => clock.now() - startedAt;
	await clock.sleep(plan.startMs ?? 0);
	const execution: Execution = {
		startedAt: clock.now(),
		slots: new Semaphore(concurrency),
		imagesPerMinute,
		giveUpMs: plan.giveUpMs ?? 900_000,
		onRejected: () => {},
		onResumed: () => {},
		onHeld: (from, to) => (result.heldMs += to - from),
	};
	let underWay = 0;

	async function send(model: number, count: number) {
		const departure: Departure = { atMs: ms(), images: count, model };
		result.departures.push(departure);
		result.mostUnderWay = Math.max(result.mostUnderWay, ++underWay);
		const accept = (images: number) => {
			for (let n = 0; n < images; n++) result.acceptedMs.push(ms());
		};
		const outcome = await models[model].service.answer(count, accept);
		underWay--;
		Object.assign(departure, { answeredMs: ms(), outcome });
		return outcome;
	}

	async function load() {
		const { loadsFail = 0, loadsHang = 0 } = plan;
		result.loads++;
		const hangs = loadsHang > 0 && random() < loadsHang;
		await clock.sleep(hangs ? HUNG_LOAD_MS : (loadMs ?? 0));
		if (hangs || (loadsFail > 0 && random() < loadsFail)) throw new Error('No such file');
		return plan.loadedBytes ?? 0;
	}

	async function generate(item: number): Promise<void> {
		const model = item % (plan.models ?? 1);
		let [made, hasFailed] = [0, false];
		const receive = (end: RequestEnd, { length }: readonly number[]): Received => {
			result.ends.push({ kind: end.kind, atMs: ms() });
			const reply = end.kind === 'answer' && end.outcome.kind === 'reply' ? end.outcome : undefined;
			const images =
				reply?.status === 200 ? (JSON.parse(reply.text) as { images: number }).images : 0;
			made += images;
			if (images === 0) hasFailed = true;
			return { settled: images || length, stored: Promise.resolve() };
		};
		await generateImages(
			{
				positions: Array.from({ length: imagesPerItem }, (_, position) => position),
				imagesPerRequest: Math.min(mostImages, imagesPerMinute || Infinity),
				limit: models[model].limit,
				permitRequest: {
					execution,
					shouldStop: () => hasFailed || ms() >= (plan.stopMs ?? Infinity),
					load: loadMs === undefined ? undefined : load,
				},
				firstPosition: item * 100,
				retryOnTimeout: plan.retryOnTimeout ?? false,
				send: async ({ length }) => await send(model, length),
				receive,
			},
			clock,
		);
		result.images += made;
		if (hasFailed) result.lost += imagesPerItem - made;
	}

	const all = Array.from({ length: items }, (_, item) => item);
	await Promise.all(all.map(async (item) => await generate(item)));
	result.endedMs = ms();
	for (; execution.slots.hasFree && result.freeSlots < 1_000; result.freeSlots++)
		execution.slots.take();
	return result;
}
