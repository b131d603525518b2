import { createHash } from 'crypto';
import { LoadRoom } from './loadRoom';
import { PermitQueue } from './permitQueue';
import { RateLimiter } from './rateLimiter';
import { systemClock, WaitingLoop, type Clock } from './wait';

/** What all executions in this process share about one account and one model. */
export interface AccountLimit {
	readonly queue: PermitQueue;
	readonly batches: Batches;
}

/** SiliconFlow limits each model of an account by itself. */
export interface AccountModel {
	/** Address of the API, such as https://api.siliconflow.cn/v1. */
	readonly baseUrl: string;
	/** A hash of the key: two credentials with the same key are one account. Never the key. */
	readonly account: string;
	readonly model: string;
}

/** How long batches are not tried again, and how long an unused limit is kept, in milliseconds. */
const KEPT_MS = 60 * 60_000;
/** How many unused limits are kept. */
const MAX_UNUSED = 1_000;

/**
 * Whether several images may be asked for in one request of a model (`batch_size`). The contract has
 * the field, but the release note of 2026-09-30 says that it is gone, and whether it is ignored or
 * refused is not known. So it is tried once, and not again for an hour after a request that
 *
 * - was refused because of the field,
 * - brought fewer images than it asked for,
 * - was over the rate limit: a limit counts images, and may be smaller than a batch.
 */
export class Batches {
	private disabledAt = -Infinity;

	/**
	 * How many images to ask for at once.
	 *
	 * @param wanted images that are still needed, from 1
	 * @param most images that the model takes in a request, from 1
	 * @param now on the steady clock, in milliseconds
	 */
	size(wanted: number, most: number, now: number): number {
		return now < this.disabledAt + KEPT_MS ? 1 : Math.min(wanted, most);
	}

	/** A batch did not work: single requests from now on. */
	disable(now: number): void {
		this.disabledAt = now;
	}
}

/** The limits of one process. */
export class AccountLimits {
	/** The one that was used longest ago comes first. */
	private readonly limits = new Map<string, AccountLimit>();

	private readonly host;

	constructor(
		private readonly clock: Clock,
		private readonly random = Math.random,
	) {
		this.host = { clock, loop: new WaitingLoop(clock), room: new LoadRoom() };
	}

	/** The limit that a request falls under. */
	of({ baseUrl, account, model }: AccountModel): AccountLimit {
		const hash = createHash('sha256')
			.update(JSON.stringify([baseUrl, account, model]))
			.digest();
		const key = hash.toString('base64');
		const limit = this.limits.get(key) ?? {
			// All processes derive the same marks from the same account and model.
			queue: new PermitQueue(model, this.host, new RateLimiter(hash.readUInt32BE(), this.random)),
			batches: new Batches(),
		};
		this.limits.delete(key);
		this.limits.set(key, limit);
		this.forget();
		return limit;
	}

	/** Forgets what was not used for a while. Looks at two, so that it keeps up and costs little. */
	private forget(): void {
		const now = this.clock.now();
		for (const [key, limit] of [...firstOf(this.limits, 2)]) {
			const { queue } = limit;
			if (!queue.isIdle(now)) {
				this.limits.delete(key);
				this.limits.set(key, limit);
			} else if (now - queue.usedAt > KEPT_MS || this.limits.size > MAX_UNUSED) {
				this.limits.delete(key);
			}
		}
	}
}

function* firstOf<T>(values: Iterable<T>, count: number): Iterable<T> {
	let left = count;
	for (const value of values) {
		if (left-- === 0) return;
		yield value;
	}
}

/** n8n loads a package once per process, so this is one for all executions of a main or worker. */
const limits = new AccountLimits(systemClock);

/** The limit that a request falls under, shared by all executions of this process. */
export const accountLimit = (account: AccountModel): AccountLimit => limits.of(account);
