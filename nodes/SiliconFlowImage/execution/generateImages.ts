import type { AccountLimit } from '../transport/accountLimits';
import { attempt, NO_RETRIES, type AttemptEnd, type Retries } from '../transport/attempt';
import type { NoAnswer } from '../transport/outcome';
import type { Permit, PermitRequest } from '../transport/permit';
import type { Reply } from '../transport/postImages';
import { systemClock, type Clock } from '../transport/wait';

/** The images of one job, and how they are requested. */
export interface ImageOrder {
	/** How many images are wanted, from 1. */
	readonly numberOfImages: number;
	/** Maximum number of images that one request may ask for, from 1. */
	readonly imagesPerRequest: number;
	/** The limit that its requests fall under. */
	readonly limit: AccountLimit;
	readonly permitRequest: Omit<PermitRequest, 'position' | 'queuedAt' | 'images' | 'wanted'>;
	/** Sorts its images among those of the execution: the first has this position. */
	readonly firstPosition: number;
	/** Whether to repeat a request that may have been processed and billed. */
	readonly retryOnTimeout: boolean;
	/** Sends one request for the images at these positions, from 0, in order. */
	readonly send: (positions: readonly number[]) => Promise<Reply | NoAnswer>;
	/**
	 * Takes what came of the images at these positions. It is called before anything else can leave, and
	 * must not throw.
	 */
	readonly receive: (end: RequestEnd, positions: readonly number[]) => Received;
}

/** What came of a request: an answer, or why there is none. */
export type RequestEnd = Exclude<AttemptEnd, { readonly kind: 'again' }>;

/** What a request brought. */
export interface Received {
	/** How many of its images, from the first, are done with: they were made, or they failed. */
	readonly settled: number;
	/** Ends when they are stored, and never fails. Until then, the request holds its slot. */
	readonly stored: Promise<void>;
}

const NOTHING: Received = { settled: 0, stored: Promise.resolve() };

/** An image that is still to be made. */
interface MissingImage {
	/** Among the images of the job, from 0. */
	readonly position: number;
	readonly retries: Retries;
}

/**
 * Generates the images of a job: takes as many of the missing ones as a request may ask for, sends it,
 * and puts back what it did not bring, until none is missing.
 *
 * So an image is requested again when its request was surely not processed (429, 503, no connection),
 * when the service refused several images in one request, and when a reply held fewer images than were
 * asked for; after a timeout or another 5xx only if the user wants it. `attempt` has the table.
 *
 * Only one request of a job waits for its permit at a time. How many images it is for is known when it
 * gets one, because meanwhile batches may turn out not to work, and images may be put back.
 */
export async function generateImages(order: ImageOrder, clock: Clock = systemClock): Promise<void> {
	const { limit, permitRequest, firstPosition, retryOnTimeout } = order;
	const { queue, batches } = limit;
	const queuedAt = clock.now();
	let missing = Array.from(
		{ length: order.numberOfImages },
		(_, position): MissingImage => ({ position, retries: NO_RETRIES }),
	);
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
		const received = end.kind === 'again' ? NOTHING : order.receive(end, positions);
		const left = images.slice(received.settled);
		const isShort = end.kind !== 'again' && left.length > 0;
		if (end.batchFailed || isShort) batches.disable(clock.now());
		const retries = end.kind === 'again' ? end.retries : NO_RETRIES;
		putBack(left.map(({ position }) => ({ position, retries })));
		storing.push(received.stored.finally(permit.release));
	};

	while (missing.length > 0 || unanswered.size > 0) {
		if (missing.length === 0) {
			await Promise.race(unanswered);
			continue;
		}
		const images = () => batches.size(missing.length, order.imagesPerRequest, clock.now());
		const position = firstPosition + missing[0].position;
		const permit = await queue
			.acquire({ ...permitRequest, position, queuedAt, images, wanted: missing.length })
			.catch((thrown: Error) => ({ kind: 'thrown', thrown }) as const);
		if (permit.kind === 'permit') {
			const sent = request(permit, missing.splice(0, permit.images));
			unanswered.add(sent);
			void sent.finally(() => unanswered.delete(sent));
		} else {
			// Told of the first image alone, because nothing was sent for the others.
			const [first] = missing.splice(0);
			storing.push(order.receive(permit, [first.position]).stored);
		}
	}
	await Promise.all(storing);
}

/** A request counts as often repeated as that of its images which was repeated most. */
function mostRetries(images: readonly MissingImage[]): Retries {
	return {
		unreachable: Math.max(...images.map(({ retries }) => retries.unreachable)),
		ambiguous: Math.max(...images.map(({ retries }) => retries.ambiguous)),
	};
}
