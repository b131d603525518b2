import { Batches } from './batches';
import { PermitQueue } from './permitQueue';

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

/** As long as batches are believed to be of no use, in milliseconds. */
const FORGOTTEN_AFTER_MS = 60 * 60_000;

/** n8n loads a package once per process, so this is one for all executions of a main or worker. */
const limits = new Map<string, AccountLimit>();

/** The limit that a request falls under. Forgets those that were not used for an hour. */
export function accountLimit({ baseUrl, account, model }: AccountModel): AccountLimit {
	const now = Date.now();
	for (const [key, { queue }] of limits) {
		if (queue.isIdle && now - queue.usedAt > FORGOTTEN_AFTER_MS) limits.delete(key);
	}
	const key = JSON.stringify([baseUrl, account, model]);
	const known = limits.get(key) ?? { queue: new PermitQueue(model), batches: new Batches() };
	limits.set(key, known);
	return known;
}
