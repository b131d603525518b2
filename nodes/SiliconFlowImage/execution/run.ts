import type { IExecuteFunctions } from 'n8n-workflow';
import { Pace } from '../transport/pacing';
import { Slots } from '../transport/semaphore';
import type { Access } from '../input/access';
import type { ExecutionOptions } from '../input/executionOptions';

/** A picture that exists and is paid for. */
export interface PaidImage {
	readonly url: string;
	/** Milliseconds since 1970. */
	readonly expiresAt: number;
}

/** Words on how many links a message may hold, so that it stays readable and bounded. */
const MAX_LINKS = 20;
const MAX_LINK_CHARACTERS = 10_000;

/** What the items of one execution share: places, pace, whether to go on, and what is paid for. */
export class Run {
	readonly slots: Slots;

	readonly pace: Pace;

	/** Models that turned out to give one image a request, whatever `batch_size` asks for. */
	readonly withoutBatches = new Set<string>();

	private readonly paid: PaidImage[] = [];

	private nextTicket = 0;

	private stopped = false;

	constructor(
		readonly context: IExecuteFunctions,
		readonly access: Access,
		readonly options: ExecutionOptions,
	) {
		this.slots = new Slots(options.concurrency);
		this.pace = new Pace(options.requestsPerMinute);
	}

	/** Whether nothing more may be sent: an item has ended the run, or it was cancelled. */
	readonly over = (): boolean => this.stopped || this.cancelled;

	get cancelled(): boolean {
		return this.context.getExecutionCancelSignal()?.aborted === true;
	}

	/** Lets no further request leave. Those under way go on to their end. */
	stop(): void {
		this.stopped = true;
	}

	/** Position of a request in the run. */
	takeTicket(): number {
		return this.nextTicket++;
	}

	/** Notes pictures as soon as their links are known, before anything else can go wrong. */
	pay(images: readonly PaidImage[]): void {
		this.paid.push(...images);
	}

	/** Says which pictures exist when the run as a whole brings none, or nothing if there are none. */
	paidFor(): string {
		if (this.paid.length === 0) return '';
		let characters = 0;
		const shown = this.paid.slice(0, MAX_LINKS).filter(({ url }) => {
			characters += url.length;
			return characters <= MAX_LINK_CHARACTERS;
		});
		const left = this.paid.length - shown.length;
		const links = shown.map(({ url, expiresAt }) => `${url} (until ${isoTime(expiresAt)})`);
		const more = left > 0 ? ` and ${left} more` : '';
		return ` Already made and paid for, ${this.paid.length} in all: ${links.join(' , ')}${more}`;
	}
}

/** A time as n8n shows times: ISO 8601 in UTC. */
export function isoTime(milliseconds: number): string {
	return new Date(milliseconds).toISOString();
}
