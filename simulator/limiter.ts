import { now } from './http/clock';

/** How many images a key may request in any window of `perMs` milliseconds. */
export interface Limit {
	images: number;
	perMs: number;
	/** The live service sends no Retry-After; true sends one. */
	retryAfter?: boolean;
}

export interface Limiter {
	/**
	 * Books `images` and returns 0, or books nothing and returns the milliseconds until they fit
	 * (`perMs` if they never do).
	 */
	take(key: string, images: number): number;
	reset(): void;
}

/** A sliding window: a booking expires after `perMs`. Refusals book nothing. */
export function createLimiter(limit: Limit | undefined): Limiter {
	const bookings = new Map<string, Array<{ at: number; images: number }>>();
	return {
		take(key, images) {
			if (!limit) return 0;
			const time = now();
			const current = (bookings.get(key) ?? []).filter(({ at }) => at > time - limit.perMs);
			bookings.set(key, current);
			let excess = current.reduce((sum, booking) => sum + booking.images, images) - limit.images;
			if (excess <= 0) {
				current.push({ at: time, images });
				return 0;
			}
			for (const booking of current) {
				excess -= booking.images;
				if (excess <= 0) return booking.at + limit.perMs - time;
			}
			return limit.perMs;
		},
		reset: () => bookings.clear(),
	};
}
