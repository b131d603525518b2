import type { IExecuteFunctions } from 'n8n-workflow';
import type { Access } from '../input/access';
import type { ExecutionOptions } from '../input/executionOptions';
import { countOf } from '../input/values';
import { Pace } from '../transport/pacing';
import { Semaphore } from '../transport/semaphore';
import type { GeneratedImage } from './imageResult';

/** A message holds this many links and characters of links at most, so that it stays readable. */
const MAX_LINKS = 20;
const MAX_LINK_CHARACTERS = 10_000;

/** What the items of one execution share: slots, pace, whether to go on, and what is paid for. */
export class Run {
	readonly semaphore: Semaphore;

	readonly pace: Pace;

	/** Models that turned out to give one image a request, whatever `batch_size` asks for. */
	readonly withoutBatches = new Set<string>();

	private readonly images: GeneratedImage[] = [];

	private nextTicket = 0;

	private stopped = false;

	constructor(
		readonly context: IExecuteFunctions,
		readonly access: Access,
		readonly options: ExecutionOptions,
	) {
		this.semaphore = new Semaphore(options.concurrency);
		this.pace = new Pace(options.requestsPerMinute);
	}

	/** Whether nothing more may be sent, because an item has ended the run or it was cancelled. */
	readonly shouldStop = (): boolean => this.stopped || this.cancelled;

	get cancelled(): boolean {
		return this.context.getExecutionCancelSignal()?.aborted === true;
	}

	/** Lets no further request leave. Those under way are finished. */
	stop(): void {
		this.stopped = true;
	}

	/** Position of a request in the run. */
	takeTicket(): number {
		return this.nextTicket++;
	}

	/** Notes images as soon as their links are known, before anything else can go wrong. */
	recordImages(images: readonly GeneratedImage[]): void {
		this.images.push(...images);
	}

	/**
	 * Says which images exist when the run as a whole outputs none. Empty if there are none, otherwise
	 * a sentence with a space in front.
	 */
	describePaidImages(): string {
		const count = this.images.length;
		if (count === 0) return '';
		let characters = 0;
		const named = this.images.slice(0, MAX_LINKS).filter(({ url }) => {
			characters += url.length;
			return characters <= MAX_LINK_CHARACTERS;
		});
		const links = named.map(({ url, expiresAt }) => `${url} (until ${isoTime(expiresAt)})`);
		const more = count > named.length ? ` and ${count - named.length} more` : '';
		return ` Already made and paid for (${countOf(count, 'image')}): ${links.join(' , ')}${more}`;
	}
}

/** A time as n8n shows times: ISO 8601 in UTC. */
export function isoTime(milliseconds: number): string {
	return new Date(milliseconds).toISOString();
}
