/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { setTimeout } from 'node:timers/promises';

/** Time, so that a test need not wait for a rate limit. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Resolves after so long, and never rejects. */
	wait(milliseconds: number): Promise<void>;
}

/** @param signal ends every wait */
export function systemClock(signal: AbortSignal): Clock {
	return {
		now: Date.now,
		wait: async (milliseconds) => {
			if (milliseconds > 0) await setTimeout(milliseconds, undefined, { signal }).catch(() => {});
		},
	};
}
