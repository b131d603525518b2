/**
 * One signal for the two things that may end a call from outside: the execution's cancel and the
 * time-out. `AbortSignal.any` is not used: on Node 20 it may lose a source to the garbage collector.
 */
export class Deadline {
	private readonly controller = new AbortController();

	private readonly timer: AbortSignal;

	private readonly end = () => this.controller.abort();

	/**
	 * @param timeoutMs time the call may take as a whole, in milliseconds
	 * @param cancel the execution's cancel signal, where there is one
	 */
	constructor(
		timeoutMs: number,
		private readonly cancel?: AbortSignal,
	) {
		this.timer = AbortSignal.timeout(timeoutMs);
		this.timer.addEventListener('abort', this.end);
		cancel?.addEventListener('abort', this.end);
		if (cancel?.aborted) this.end();
	}

	/** Aborts when the time is over or the execution is cancelled. */
	get signal(): AbortSignal {
		return this.controller.signal;
	}

	/** Why the call ended, once the signal has aborted. A cancel outweighs a time-out. */
	get reason(): 'cancelled' | 'timeout' | undefined {
		if (this.cancel?.aborted) return 'cancelled';
		return this.timer.aborted ? 'timeout' : undefined;
	}

	/** To be called when the call is over, so that a long run does not collect listeners. */
	release(): void {
		this.timer.removeEventListener('abort', this.end);
		this.cancel?.removeEventListener('abort', this.end);
	}
}
