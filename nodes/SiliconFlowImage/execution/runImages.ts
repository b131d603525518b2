import type { IExecuteFunctions } from 'n8n-workflow';
import { isoTime } from '../contract/numbers';
import type { Sanitizer } from '../contract/sanitize';
import { systemClock } from '../transport/wait';
import type { GeneratedImage, ImageLink, LinkedImage } from './imageResult';
import {
	MAX_KEPT_OF_RUN,
	MIN_LIFE_MS,
	unclaimedImages,
	type ImageKey,
	type KeptImage,
} from './unclaimedImages';

/** The details of an exception hold this many links and characters of links at most. */
const MAX_LINKS = 20;
const MAX_LINK_CHARACTERS = 10_000;

/** Images that are paid for although the run outputs none, and links to the first of them. */
export interface PaidImages {
	readonly count: number;
	/** Those that stood in the reply itself, so that they have no link. */
	readonly unlinked: number;
	/** Those that a later run of the step can take. */
	readonly kept: number;
	/** For how long it can take all of these, in milliseconds. */
	readonly keptMs: number;
	readonly links: ReadonlyArray<{ readonly url: string; readonly urlExpiresAt: string }>;
}

/** What n8n's tries of one step have in common, as Retry On Fail runs it several times. */
interface Tries {
	/** How many there were, this one included. */
	count: number;
	/** What the last one returned; if there is another try, n8n has dropped it. */
	returned: readonly KeptImage[];
	/** Requests that may have been processed, although no answer says so. */
	unclear: number;
}

/** By the object that n8n hands to each try of a step, and to nothing else. */
const triesOf = new WeakMap<object, Tries>();

/** An image as its reply brought it, with what a later run needs to take it. */
export interface MadeImage {
	readonly image: GeneratedImage;
	/** None where it cannot be told what it was made from. */
	readonly key?: ImageKey;
	readonly hints: readonly string[];
	readonly fallbackHint?: string;
}

/**
 * The images that a run has: those that were made for it, and those that it took because an earlier run
 * had left them. They are handed out when the run returns; otherwise they become unclaimed.
 */
export class RunImages {
	private readonly all = new Map<GeneratedImage, KeptImage | undefined>();

	private readonly tries: Tries;

	private taken = 0;

	/** Makes unclaimed what a former try of the step returned, because n8n has dropped it. */
	constructor(context: IExecuteFunctions) {
		this.tries = lookUpTries(context);
		this.tries.count++;
		unclaimedImages.leave(this.tries.returned);
		this.tries.returned = [];
	}

	/** Notes images as soon as their links are known, before anything else can go wrong. */
	record(images: readonly MadeImage[]): void {
		const receivedAt = systemClock.now();
		for (const { image, key, ...hints } of images) {
			const kept = key && isLinked(image) ? { key, image, ...hints, receivedAt } : undefined;
			this.all.set(image, kept);
		}
	}

	/** Takes an image that an earlier run left. */
	take(key: ImageKey, minLifeMs: number): KeptImage | undefined {
		const kept = unclaimedImages.take(key, minLifeMs);
		if (!kept) return undefined;
		this.all.set(kept.image, kept);
		this.taken++;
		return kept;
	}

	/** How many images were taken, without those whose links turned out to be dead. */
	get takenCount(): number {
		return this.taken;
	}

	/** Forgets a taken image whose link is dead. */
	forget({ image }: KeptImage): void {
		if (this.all.delete(image)) this.taken--;
	}

	/** A request ended so that it may have been processed and billed. */
	noteUnclear(): void {
		this.tries.unclear++;
	}

	/** What the tries of Retry On Fail may have cost; undefined where there is nothing to say. */
	get triesWarning(): string | undefined {
		const { count, unclear } = this.tries;
		if (count === 1 || unclear === 0) return undefined;
		return unclear === 1
			? `'Retry On Fail' has run this step ${count} times, and 1 request ended without a clear outcome. It may have been billed.`
			: `'Retry On Fail' has run this step ${count} times, and ${unclear} requests in all ended without a clear outcome. Each of them may have been billed.`;
	}

	/** The run outputs its images. Only if n8n runs the same step once more were they dropped. */
	handOut(): void {
		this.tries.returned = this.kept.slice(-MAX_KEPT_OF_RUN);
		this.all.clear();
	}

	/** The run outputs nothing, so that a later run may take its images. */
	leave(): void {
		const { kept } = this;
		// Only once, because another run may take them from now on.
		this.all.clear();
		unclaimedImages.leave(kept);
	}

	/**
	 * The images that exist when the run as a whole outputs none.
	 *
	 * @param minLifeMs how long a link must work for a later run to take it, in milliseconds
	 */
	paid(sanitizer: Sanitizer, minLifeMs = MIN_LIFE_MS): PaidImages {
		let characters = 0;
		const images = [...this.all.keys()];
		const all = images.flatMap(({ link }): ImageLink[] => (link ? [link] : []));
		const named = all.slice(0, MAX_LINKS).filter(({ url }) => {
			characters += url.length;
			return characters <= MAX_LINK_CHARACTERS;
		});
		const links = named.map(({ url, expiresAt }) => ({
			url: sanitizer.link(url),
			urlExpiresAt: isoTime(expiresAt),
		}));
		const lives = this.kept
			.slice(-MAX_KEPT_OF_RUN)
			.map((each) => unclaimedImages.lifeOf(each) - minLifeMs)
			.filter((life) => life > 0);
		return {
			count: images.length,
			unlinked: images.length - all.length,
			kept: lives.length,
			keptMs: Math.min(...lives),
			links,
		};
	}

	private get kept(): KeptImage[] {
		return [...this.all.values()].filter((kept) => kept !== undefined);
	}
}

function isLinked(image: GeneratedImage): image is LinkedImage {
	return image.link !== undefined;
}

/**
 * In a tool of an agent, n8n gives the data of the agent, which all calls of its tools share: no call
 * drops what another has returned.
 */
function lookUpTries(context: IExecuteFunctions): Tries {
	const data = context.getExecuteData();
	const none = { count: 0, returned: [], unclear: 0 };
	if (data?.node?.id !== context.getNode().id) return none;
	const found = triesOf.get(data) ?? none;
	triesOf.set(data, found);
	return found;
}
