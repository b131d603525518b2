/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import type { Clock } from '../../nodes/SiliconFlowImage/transport/wait';

/** The time at which every simulation begins, in milliseconds since 1970. */
export const START = Date.UTC(2026, 0, 1);

/** A clock that stands still while anything works and leaps ahead while everything sleeps. */
export class VirtualClock implements Clock {
	private time: number;

	private sleepers: Array<{ readonly at: number; readonly wake: () => void }> = [];

	/** @param start milliseconds since 1970 */
	constructor(start = START) {
		this.time = start;
	}

	now(): number {
		return this.time;
	}

	timeOfDay(): number {
		return this.time;
	}

	async sleep(milliseconds: number): Promise<void> {
		await new Promise<void>((wake) => {
			const at = this.time + Math.max(0, milliseconds);
			const index = this.sleepers.findIndex((other) => other.at > at);
			this.sleepers.splice(index < 0 ? this.sleepers.length : index, 0, { at, wake });
		});
	}

	/**
	 * The machine is suspended: time leaps, and whatever should have woken up meanwhile does so late.
	 */
	suspend(milliseconds: number): void {
		this.time += milliseconds;
	}

	/**
	 * Lets time pass until the work is done.
	 *
	 * @param limitMs virtual time after which the work is taken for endless
	 * @throws Error when the work sleeps past the limit, or waits for something that is no sleep
	 */
	async run<T>(work: Promise<T>, limitMs = 24 * 3_600_000): Promise<T> {
		const end = this.time + limitMs;
		let isDone = false;
		work.then(
			() => (isDone = true),
			() => (isDone = true),
		);
		for (;;) {
			await new Promise((resolve) => setImmediate(resolve));
			if (isDone) return await work;
			const [next] = this.sleepers;
			if (!next) throw new Error('The work waits for something that never comes');
			if (next.at > end) throw new Error(`The work did not end within ${limitMs} ms`);
			this.time = Math.max(this.time, next.at);
			while (this.sleepers[0]?.at <= this.time) this.sleepers.shift()!.wake();
		}
	}
}
