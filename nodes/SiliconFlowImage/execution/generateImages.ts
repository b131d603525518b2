import type { AccountLimit } from '../transport/accountLimits';
import { asThrown, attempt, NO_RETRIES, type AttemptEnd, type Retries } from '../transport/attempt';
import type { NoAnswer } from '../transport/outcome';
import type { Permit, PermitRequest } from '../transport/permitQueue';
import type { Reply } from '../transport/postImages';
import { systemClock, type Clock } from '../transport/wait';

/** The images of one job, and how they are requested. */
export interface ImageOrder {
	/** The positions of the wanted images among those of the job, from 0, in order. */
	readonly positions: readonly number[];
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
	/** The images of the last request for it, where that is to be repeated. */
	readonly askedWith?: readonly number[];
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
	let missing = order.positions.map(
		(position): MissingImage => ({ position, retries: NO_RETRIES }),
	);
	const unanswered = new Set<Promise<void>>();
	const storing: Array<Promise<void>> = [];

	const putBack = (images: readonly MissingImage[]) => {
		missing = [...missing, ...images].sort((one, other) => one.position - other.position);
	};

	const request = async (permit: Permit, images: readonly MissingImage[]) => {
		const positions = images.map(({ position }) => position);
		const { shouldStop } = permitRequest;
		const options = { retries: mostRetries(images), retryOnTimeout, shouldStop, batches };
		const send = async () => await order.send(positions);
		const end: AttemptEnd = await attempt(permit, send, options, clock).catch((thrown: Error) => ({
			kind: 'thrown',
			thrown,
			mayBeSent: true,
		}));
		const received = end.kind === 'again' ? NOTHING : order.receive(end, positions);
		const left = images.slice(received.settled);
		if (end.kind !== 'again' && left.length > 0) batches.disable(clock.now());
		const repeated =
			end.kind === 'again' ? { retries: end.retries, askedWith: positions } : undefined;
		putBack(left.map(({ position }) => ({ position, retries: NO_RETRIES, ...repeated })));
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
			.catch(asThrown);
		if (permit.kind === 'permit') {
			const sent = request(permit, missing.splice(0, permit.images));
			unanswered.add(sent);
			void sent.finally(() => unanswered.delete(sent));
		} else {
			const ended = requestsThatEnd(missing.splice(0));
			storing.push(...ended.map((positions) => order.receive(permit, positions).stored));
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

/**
 * The requests that a denial of the permit ends, by the positions of their images: those that were to
 * be repeated. Where none was sent, it ends one for the first image; the others are not requested.
 */
function requestsThatEnd(images: readonly MissingImage[]): number[][] {
	const repeated = new Map<readonly number[], number[]>();
	for (const { position, askedWith } of images) {
		if (askedWith) repeated.set(askedWith, [...(repeated.get(askedWith) ?? []), position]);
	}
	return repeated.size > 0 ? [...repeated.values()] : [[images[0].position]];
}
