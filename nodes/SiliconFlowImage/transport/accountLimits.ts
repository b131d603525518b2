import { createHash } from 'crypto';
import { Batches } from './attempt';
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

/** How long an unused limit is kept, in milliseconds. */
const KEPT_MS = 60 * 60_000;
/** How many unused limits are kept. */
const MAX_UNUSED = 1_000;

/** The limits of one process. */
export class AccountLimits {
	/** The one that was used longest ago comes first. */
	private readonly limits = new Map<string, AccountLimit>();

	private readonly host;

	constructor(
		private readonly clock: Clock,
		private readonly random = Math.random,
	) {
		this.host = { clock, loop: new WaitingLoop(clock), room: new LoadRoom(clock) };
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
		let looks = 2;
		for (const [key, limit] of this.limits) {
			if (looks-- === 0) return;
			const { queue } = limit;
			const isKept = now - queue.usedAt <= KEPT_MS && this.limits.size <= MAX_UNUSED;
			if (queue.isIdle(now) && isKept) continue;
			this.limits.delete(key);
			if (!queue.isIdle(now)) this.limits.set(key, limit);
		}
	}
}

/** n8n loads a package once per process, so this is one for all executions of a main or worker. */
const limits = new AccountLimits(systemClock);

/** The limit that a request falls under, shared by all executions of this process. */
export const accountLimit = (account: AccountModel): AccountLimit => limits.of(account);
