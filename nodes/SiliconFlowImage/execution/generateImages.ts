import type { AccountLimit } from '../transport/accountLimits';
import { attempt, type AttemptEnd, type Retries } from '../transport/attempt';
import type { NoAnswer } from '../transport/outcome';
import type { Denial, Permit, PermitRequest } from '../transport/permit';
import type { Reply } from '../transport/postImages';
import { systemClock, type Clock } from '../transport/wait';

/** The images of one job, and how they are requested. */
export interface ImageOrder {
	/** How many images are wanted, from 1. */
	readonly numberOfImages: number;
	/** Most images that one request may ask for, from 1. */
	readonly imagesPerRequest: number;
	/** The limit that its requests fall under. */
	readonly limit: AccountLimit;
	readonly permitRequest: Omit<PermitRequest, 'position' | 'queuedAt' | 'images'>;
	/** Place of its first image among those of the execution. */
	readonly firstPosition: number;
	/** Whether to repeat a request that may have been processed and billed. */
	readonly retryOnTimeout: boolean;
	/** Sends one request for the images at these positions, from 0, in order. */
	readonly send: (positions: readonly number[]) => Promise<Reply | NoAnswer>;
	/** Takes what came of the images at these positions; called before anything else can leave. */
	readonly receive: (end: RequestEnd, positions: readonly number[]) => Received;
}

/** What came of a request: an answer, or why there is none. */
export type RequestEnd =
	| Exclude<AttemptEnd, { readonly kind: 'again' }>
	| Denial
	| { readonly kind: 'thrown'; readonly thrown: Error };

/** What a request brought. */
export interface Received {
	/** So many of the images are done with, from the first: they were made, or they failed. */
	readonly settled: number;
	/** Ends when they are stored. Until then, the request holds its slot. */
	readonly stored: Promise<void>;
}

/** An image that is still to be requested. */
interface MissingImage {
	/** Among the images of the job, from 0. */
	readonly position: number;
	readonly retries: Retries;
}

/**
 * Generates the images of a job: as many in a request as one may ask for, until none is missing. What a
 * reply did not bring is requested again. Each answer settles at least one image, so this ends.
 *
 * One request at a time waits for its permit. How many images it is for is known only when it gets
 * one, because meanwhile batches may turn out not to work, and others may be put back.
 */
export async function generateImages(order: ImageOrder, clock: Clock = systemClock): Promise<void> {
	const { limit, permitRequest, firstPosition, retryOnTimeout } = order;
	const { queue, batches } = limit;
	const queuedAt = clock.now();
	let missing = Array.from(
		{ length: order.numberOfImages },
		(_, position): MissingImage => ({ position, retries: { unreachable: 0, ambiguous: 0 } }),
	);
	/** Requests without an answer yet, and those whose images are being stored. */
	const unanswered = new Set<Promise<void>>();
	const storing: Array<Promise<void>> = [];

	const putBack = (images: readonly MissingImage[]) => {
		missing = [...missing, ...images].sort((one, other) => one.position - other.position);
	};

	const request = async (permit: Permit, images: readonly MissingImage[]) => {
		const positions = images.map(({ position }) => position);
		const { shouldStop } = permitRequest;
		const options = { retries: mostRetries(images), retryOnTimeout, shouldStop };
		const end = await attempt(permit, async () => await order.send(positions), options, clock);
		const received = end.kind === 'again' ? undefined : order.receive(end, positions);
		const left = images.slice(received?.settled ?? 0);
		const batchFailed = end.kind === 'again' ? end.batchFailed : left.length > 0;
		if (batchFailed) batches.disable(clock.now());
		putBack(
			end.kind === 'again' ? left.map((image) => ({ ...image, retries: end.retries })) : left,
		);
		if (received) storing.push(received.stored.finally(permit.release));
		else permit.release();
	};

	while (missing.length > 0 || unanswered.size > 0) {
		if (missing.length === 0) {
			await Promise.race(unanswered);
			continue;
		}
		const images = () => batches.size(missing.length, order.imagesPerRequest, clock.now());
		const position = firstPosition + missing[0].position;
		const permit = await queue
			.acquire({ ...permitRequest, position, queuedAt, images })
			.catch((thrown: Error) => ({ kind: 'thrown', thrown }) as const);
		const taken = missing.splice(0, permit.kind === 'permit' ? permit.images : Infinity);
		if (permit.kind === 'permit') {
			const sent = request(permit, taken).finally(() => unanswered.delete(sent));
			unanswered.add(sent);
		} else {
			// Nothing was sent for the others, so it is told of the first alone.
			storing.push(order.receive(permit, [taken[0].position]).stored);
		}
	}
	await Promise.all(storing);
}

/** Images that share a request share its retries. */
function mostRetries(images: readonly MissingImage[]): Retries {
	return {
		unreachable: Math.max(...images.map(({ retries }) => retries.unreachable)),
		ambiguous: Math.max(...images.map(({ retries }) => retries.ambiguous)),
	};
}
