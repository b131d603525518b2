import { systemClock, type Clock } from '../transport/wait';
import type { LinkedImage } from './imageResult';

/** What a request must have in common with the one that made an image, to be given it. */
export interface ImageKey {
	/** A hash of step, account and request, without the input images. */
	readonly request: string;
	/** The input images by content and, where a seed is set, the position of the image. */
	readonly detail: string;
}

/** An image that was made for a run and may go to a later one. */
export interface KeptImage {
	readonly key: ImageKey;
	readonly image: LinkedImage;
	/** What was said beside the output when it was made. */
	readonly hints: readonly string[];
	/** Why it was made by the fallback, where it was. */
	readonly fallbackHint?: string;
	/** When it came, on the clock that never jumps. */
	readonly receivedAt: number;
}

/** Longest time that a link is kept, in milliseconds from its receipt. */
const MAX_AGE_MS = 60 * 60 * 1000;

/** Most images that are kept for a run, and in all. The latest are kept, because they live longest. */
export const MAX_KEPT_OF_RUN = 2_000;
const MAX_KEPT = 5_000;

/** Shortest life that is left to a link which is to be downloaded, in milliseconds. */
export const MIN_LIFE_MS = 60 * 1000;
/** The same for a link that is the output itself, so that later steps can use it. */
export const MIN_LIFE_OF_OUTPUT_MS = 30 * 60 * 1000;

/**
 * Images that were made and paid for, but that no run has handed out, because it failed or was stopped.
 * A later run of the same step that asks for the very same thing takes them and does not pay again.
 *
 * Only links are kept, in the memory of this process, until they expire. Each is given once: taking is
 * synchronous and removes it, so that two runs at once never get the same image. Other processes, such
 * as workers, do not know about it.
 */
export class UnclaimedImages {
	/** The images by request and detail, oldest first. */
	private readonly byRequest = new Map<string, Map<string, Set<KeptImage>>>();

	/** All of them, in the order in which they were left. */
	private readonly all = new Set<KeptImage>();

	private isExpiryAwaited = false;

	/** @param after calls once so many milliseconds have passed, without keeping the process alive */
	constructor(
		private readonly clock: Clock = systemClock,
		private readonly after = callAfter,
	) {}

	/** How many are kept. */
	get size(): number {
		return this.all.size;
	}

	/** Keeps images of a run that did not hand them out. */
	leave(images: readonly KeptImage[]): void {
		for (const kept of images.slice(-MAX_KEPT_OF_RUN))
			if (this.lifeOf(kept) >= MIN_LIFE_MS) this.add(kept);
		for (const oldest of this.all) {
			if (this.size <= MAX_KEPT) break;
			this.remove(oldest);
		}
		this.awaitExpiry();
	}

	/** Whether there is an image for this request, whatever its input images are. */
	hasFor(request: string): boolean {
		return this.byRequest.has(request);
	}

	/**
	 * Takes the oldest image that fits.
	 *
	 * @param minLifeMs how long its link must work from now on, in milliseconds
	 * @returns undefined when there is none
	 */
	take({ request, detail }: ImageKey, minLifeMs: number): KeptImage | undefined {
		for (const kept of this.byRequest.get(request)?.get(detail) ?? []) {
			if (this.lifeOf(kept) < minLifeMs) continue;
			this.remove(kept);
			return kept;
		}
		return undefined;
	}

	/** How long a link works from now on, in milliseconds, whichever clock says the shorter time. */
	lifeOf({ image, receivedAt }: KeptImage): number {
		const byAge = receivedAt + MAX_AGE_MS - this.clock.now();
		return Math.min(byAge, image.link.expiresAt - this.clock.timeOfDay());
	}

	private add(kept: KeptImage): void {
		const { request, detail } = kept.key;
		const ofRequest = this.byRequest.get(request) ?? new Map<string, Set<KeptImage>>();
		const fitting = ofRequest.get(detail) ?? new Set();
		this.byRequest.set(request, ofRequest.set(detail, fitting.add(kept)));
		this.all.add(kept);
	}

	private remove(kept: KeptImage): void {
		const { request, detail } = kept.key;
		const ofRequest = this.byRequest.get(request);
		const fitting = ofRequest?.get(detail);
		this.all.delete(kept);
		fitting?.delete(kept);
		if (fitting?.size === 0) ofRequest?.delete(detail);
		if (ofRequest?.size === 0) this.byRequest.delete(request);
	}

	/**
	 * Forgets what no run is given any more, even if none ever asks. It looks as often as the shortest
	 * life that a given link has, so that none is kept beyond its expiry.
	 */
	private awaitExpiry(): void {
		if (this.isExpiryAwaited || this.size === 0) return;
		this.isExpiryAwaited = true;
		this.after(MIN_LIFE_MS, () => {
			this.isExpiryAwaited = false;
			for (const kept of this.all) if (this.lifeOf(kept) < MIN_LIFE_MS) this.remove(kept);
			this.awaitExpiry();
		});
	}
}

/** The timer of an abort signal does not keep n8n from ending. */
function callAfter(milliseconds: number, call: () => void): void {
	AbortSignal.timeout(Math.ceil(milliseconds)).addEventListener('abort', call, { once: true });
}

/** Those of this process. */
export const unclaimedImages = new UnclaimedImages();
