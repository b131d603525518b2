/**
 * One signal for the two things that can end a call from outside, a cancel of the execution and the
 * timeout, and for closing its connection. `AbortSignal.any` is not used, because on Node 20 a source
 * may be garbage-collected.
 */
export class Deadline {
	private readonly controller = new AbortController();

	private readonly timer: AbortSignal;

	/** Ends the call and closes its connection. */
	readonly close = () => this.controller.abort();

	/**
	 * @param timeoutMs how long the whole call may take, in milliseconds
	 * @param cancel the execution's cancel signal, if there is one
	 */
	constructor(
		timeoutMs: number,
		private readonly cancel?: AbortSignal,
	) {
		this.timer = AbortSignal.timeout(timeoutMs);
		this.timer.addEventListener('abort', this.close);
		cancel?.addEventListener('abort', this.close);
		if (cancel?.aborted) this.close();
	}

	/** Aborts when the time is up or the execution is cancelled. */
	get signal(): AbortSignal {
		return this.controller.signal;
	}

	/** Why the call ended, once the signal has aborted. A cancel takes precedence over a timeout. */
	get reason(): 'cancelled' | 'timeout' | undefined {
		if (this.cancel?.aborted) return 'cancelled';
		return this.timer.aborted ? 'timeout' : undefined;
	}

	/** Call this when the call is over, so that a long run does not collect listeners. */
	release(): void {
		this.timer.removeEventListener('abort', this.close);
		this.cancel?.removeEventListener('abort', this.close);
	}
}
