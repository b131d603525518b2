import { Batches } from './batches';
import { PermitQueue } from './permitQueue';
import { systemClock, type Clock } from './wait';

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

/** How long an unused queue is kept, with what its limiter knows, in milliseconds. */
const QUEUE_KEPT_MS = 10 * 60_000;
/** How long an unused limit is kept as a whole: as long as its batches remember anything. */
const LIMIT_KEPT_MS = 60 * 60_000;

/** n8n loads a package once per process, so this is one for all executions of a main or worker. */
const limits = new Map<string, AccountLimit>();

/** The limit that a request falls under. What was not used for a while is forgotten. */
export function accountLimit(
	{ baseUrl, account, model }: AccountModel,
	clock: Clock = systemClock,
): AccountLimit {
	const isUnused = ({ queue }: AccountLimit, milliseconds: number) =>
		queue.isIdle && clock.now() - queue.usedAt > milliseconds;
	for (const [key, limit] of limits) {
		if (isUnused(limit, LIMIT_KEPT_MS)) limits.delete(key);
	}
	const key = JSON.stringify([baseUrl, account, model]);
	const known = limits.get(key);
	if (known && !isUnused(known, QUEUE_KEPT_MS)) return known;
	const fresh = { queue: new PermitQueue(model, clock), batches: known?.batches ?? new Batches() };
	limits.set(key, fresh);
	return fresh;
}
