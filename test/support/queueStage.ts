import { VirtualClock } from '../../harness/simulatedTime/virtualClock';
import type { Denial, RetryTotals } from '../../nodes/SiliconFlowImage/transport/giveUp';
import { LoadRoom } from '../../nodes/SiliconFlowImage/transport/loadRoom';
import {
	PermitQueue,
	type Execution,
	type Permit,
	type PermitRequest,
} from '../../nodes/SiliconFlowImage/transport/permitQueue';
import type { Reply } from '../../nodes/SiliconFlowImage/transport/postImages';
import { RateLimiter } from '../../nodes/SiliconFlowImage/transport/rateLimiter';
import { WaitingLoop } from '../../nodes/SiliconFlowImage/transport/wait';
import { Semaphore } from '../../nodes/SiliconFlowImage/transport/semaphore';

export const MODEL = 'Qwen/Qwen-Image';

export const replyOf = (status: number, text = ''): Reply => ({ kind: 'reply', status, text });

export const REJECTED = replyOf(429, '{"code":50604,"message":"IPM limit reached."}');

/** An execution, and what it was told. */
export interface StagedExecution extends Execution {
	readonly name: string;
	readonly told: {
		rejected: Array<{ model: string; status: number }>;
		resumed: Array<RetryTotals & { model: string }>;
		heldMs: number;
	};
}

export interface ExecutionOptions {
	readonly slots?: number;
	readonly imagesPerMinute?: number;
	readonly giveUpMs?: number;
}

export function executionOf(
	clock: VirtualClock,
	name: string,
	{ slots = 99, imagesPerMinute = 0, giveUpMs = 600_000 }: ExecutionOptions = {},
): StagedExecution {
	const told: StagedExecution['told'] = { rejected: [], resumed: [], heldMs: 0 };
	let heldUntil = 0;
	return {
		name,
		told,
		startedAt: clock.now(),
		slots: new Semaphore(slots),
		imagesPerMinute,
		giveUpMs,
		onRejected: (model, status) => told.rejected.push({ model, status }),
		onResumed: (model, totals) => told.resumed.push({ model, ...totals }),
		onHeld: (from, to) => {
			told.heldMs += Math.max(0, to - Math.max(from, heldUntil));
			heldUntil = to;
		},
	};
}

/** A request that asked for a permit. */
export interface Asked {
	readonly name: string;
	state: 'waits' | 'left' | 'notSent' | 'gaveUp' | 'failed';
	/** When it no longer waited, in milliseconds from the start of the stage. */
	endedMs: number;
	permit?: Permit;
	denial?: Denial;
	thrown?: unknown;
	/** Makes its `shouldStop` true. */
	stop(): void;
}

/** What is special about a request. */
export interface Given extends Partial<Omit<PermitRequest, 'load'>> {
	readonly load?: () => Promise<unknown>;
	/** What it holds when it is loaded. */
	readonly bytes?: number;
}

/**
 * A queue of one model, with time in the test's hands.
 *
 * @param phaseMs where the marks stand
 */
export function stage(phaseMs = 0) {
	const clock = new VirtualClock();
	const start = clock.now();
	const host = { clock, loop: new WaitingLoop(clock), room: new LoadRoom(clock) };
	const queue = new PermitQueue(MODEL, host, new RateLimiter(phaseMs, () => 0));
	/** Names of the requests in the order in which they left. */
	const left: string[] = [];

	function ask(
		owner: StagedExecution,
		position: number,
		{ load, bytes = 0, ...given }: Given = {},
	): Asked {
		let isStopped = false;
		const asked: Asked = {
			name: `${owner.name}${position}`,
			state: 'waits',
			endedMs: NaN,
			stop: () => (isStopped = true),
		};
		const end = (state: Asked['state'], rest: Partial<Asked>) =>
			Object.assign(asked, { state, endedMs: clock.now() - start, ...rest });
		const shouldStop = () => isStopped;
		const queuedAt = clock.now();
		const request = { execution: owner, position, queuedAt, images: () => 1, shouldStop };
		const loadAll = async () => {
			await load?.();
			return bytes;
		};
		queue.acquire({ ...request, ...given, load: load && loadAll }).then(
			(result) => {
				if (result.kind !== 'permit') return end(result.kind, { denial: result });
				left.push(asked.name);
				return end('left', { permit: result });
			},
			(thrown: unknown) => end('failed', { thrown }),
		);
		return asked;
	}

	const pass = async (milliseconds = 0) => await clock.run(clock.sleep(milliseconds));

	/** A request of an execution of its own is rejected, so that a pause of two seconds begins. */
	async function block(rejection = {}) {
		const { permit } = await leaving(ask(execution('blocker'), 0));
		permit.rejected(REJECTED, { status: 429, ...rejection });
		permit.release();
		left.length = 0;
	}

	async function leaving(asked: Asked) {
		await pass();
		if (!asked.permit) throw new Error(`${asked.name} has not left: ${asked.state}`);
		return { ...asked, permit: asked.permit };
	}

	const execution = (name: string, options?: ExecutionOptions) => executionOf(clock, name, options);

	return {
		clock,
		queue,
		left,
		ask,
		pass,
		block,
		leaving,
		execution,
		ms: () => clock.now() - start,
	};
}

/** How many slots of an execution can be taken. Takes them. */
export function takeAll({ slots }: Pick<Execution, 'slots'>): number {
	let taken = 0;
	for (; slots.hasFree; taken++) slots.take();
	return taken;
}

/** Work that ends when it is told to. */
export function deferred() {
	let resolve = () => {};
	let reject: (thrown: unknown) => void = () => {};
	const promise = new Promise<void>((onEnd, onFail) => {
		resolve = onEnd;
		reject = onFail;
	});
	return { promise, resolve, reject };
}
