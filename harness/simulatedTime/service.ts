import type { NoAnswer } from '../../nodes/SiliconFlowImage/transport/outcome';
import type { Reply } from '../../nodes/SiliconFlowImage/transport/postImages';
import type { Clock } from '../../nodes/SiliconFlowImage/transport/wait';
import { Account, type AccountLimit } from './account';

/** How the service behaves; times in milliseconds. */
export interface ServiceBehavior {
	readonly limit: AccountLimit;
	/** How long a rejection takes. */
	readonly rejectMs?: (random: () => number) => number;
	/** How long an image takes. */
	readonly acceptMs?: (random: () => number) => number;
	/** What becomes of `batch_size`. */
	readonly batches?: 'honored' | 'ignored' | 'refused';
	/** Requests from this one on (counted from 0) meet a limit per day. */
	readonly dailyLimitAfter?: number;
	/** The `retry-after` header of a rejection. */
	readonly retryAfter?: string;
	/** Part of the requests, from 0 to 1, that meet an overload (503). */
	readonly overloads?: number;
	/** Part of the requests, from 0 to 1, that get no answer. Nothing is made then. */
	readonly cuts?: number;
	/** Part of the requests, from 0 to 1, that hang until their time-out. Nothing is made then. */
	readonly hangs?: number;
	/** Time-out of a request. */
	readonly timeoutMs?: number;
}

/** How long a request is on its way. */
const NETWORK_MS = 40;

/** A service that makes images, without a network and images: it counts. */
export class SimulatedService {
	readonly account: Account;

	constructor(
		private readonly behavior: ServiceBehavior,
		private readonly clock: Clock,
		private readonly random: () => number,
	) {
		this.account = new Account(behavior.limit);
	}

	/**
	 * Answers a request.
	 *
	 * @param count images that it asks for
	 * @param onAccepted told how many images were let in, when they were
	 */
	async answer(count: number, onAccepted: (images: number) => void): Promise<Reply | NoAnswer> {
		const {
			batches,
			dailyLimitAfter = Infinity,
			overloads = 0,
			cuts = 0,
			hangs = 0,
		} = this.behavior;
		await this.clock.sleep(NETWORK_MS);
		if (this.random() < cuts) {
			await this.clock.sleep(this.acceptMs());
			return { kind: 'cut', code: 'ECONNRESET' };
		}
		if (this.random() < hangs) {
			await this.clock.sleep(this.behavior.timeoutMs ?? 300_000);
			return { kind: 'timeout' };
		}
		if (this.account.log.length >= dailyLimitAfter) {
			this.account.log.push({ at: this.clock.now(), images: count, isAccepted: false });
			return await this.reject(429, { code: 50604, message: 'IPD limit reached.' });
		}
		if (this.random() < overloads) return await this.reject(503, { message: 'Overloaded' });
		if (batches === 'refused' && count > 1) {
			return await this.reject(400, { code: 20035, message: 'batch_size is not supported' });
		}
		const images = batches === 'ignored' ? 1 : count;
		if (!this.account.take(this.clock.now(), images)) {
			return await this.reject(429, { code: 50604, message: 'IPM limit reached.' });
		}
		onAccepted(images);
		await this.clock.sleep(this.acceptMs());
		return { kind: 'reply', status: 200, text: JSON.stringify({ images }) };
	}

	private acceptMs(): number {
		const { acceptMs = (next) => 3000 + next() * 20_000 } = this.behavior;
		return acceptMs(this.random);
	}

	private async reject(status: number, body: object): Promise<Reply> {
		const { rejectMs = () => 160, retryAfter } = this.behavior;
		await this.clock.sleep(rejectMs(this.random));
		return { kind: 'reply', status, text: JSON.stringify(body), retryAfter };
	}
}
