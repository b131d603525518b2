/** How an account limits images, as far as it is known or imagined of SiliconFlow. */
export interface AccountLimit {
	/** Images in each window. */
	readonly images: number;
	readonly windowMs?: number;
	/** A sliding window, or one that begins anew at fixed times. */
	readonly kind?: 'sliding' | 'fixed';
	/** Where a fixed window stands at time 0, in milliseconds. */
	readonly phaseMs?: number;
	/** Whether a rejected request counts towards the limit. */
	readonly countsRejections?: boolean;
}

/** An account of a service that limits images, without a network. */
export class Account {
	private bookings: Array<{ readonly at: number; readonly images: number }> = [];

	/** Every request that came, in order. */
	readonly log: Array<{
		readonly at: number;
		readonly images: number;
		readonly isAccepted: boolean;
	}> = [];

	constructor(private readonly limit: AccountLimit) {}

	/** @returns whether so many images are accepted at this time, in milliseconds */
	take(now: number, images: number): boolean {
		const { images: most, windowMs = 60_000, kind = 'sliding', phaseMs = 0 } = this.limit;
		const start =
			kind === 'fixed'
				? Math.floor((now + phaseMs) / windowMs) * windowMs - phaseMs
				: now - windowMs + 1;
		this.bookings = this.bookings.filter(({ at }) => at >= start);
		const used = this.bookings.reduce((sum, booking) => sum + booking.images, 0);
		const isAccepted = used + images <= most;
		if (isAccepted || this.limit.countsRejections) this.bookings.push({ at: now, images });
		this.log.push({ at: now, images, isAccepted });
		return isAccepted;
	}
}
