/** A link to an image works for one hour (contract). */
const LIFETIME_MS = 60 * 60 * 1000;

/**
 * When a signed link expires, in milliseconds since 1970: the time in its AWS-style signature, or
 * else an hour from now.
 *
 * @param url the link as the service gave it
 * @param now when it was given, in milliseconds since 1970
 */
export function linkExpiry(url: string, now: number): number {
	const parameter = (name: string) => new RegExp(`[?&]${name}=([^&#]*)`, 'i').exec(url)?.[1];
	const signedAt = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(parameter('X-Amz-Date') ?? '');
	const seconds = Number(parameter('X-Amz-Expires'));
	if (signedAt && seconds > 0) {
		const [year, month, day, hour, minute, second] = signedAt.slice(1).map(Number);
		const end = Date.UTC(year, month - 1, day, hour, minute, second) + seconds * 1000;
		if (Number.isFinite(end)) return Math.min(end, now + 100 * LIFETIME_MS);
	}
	return now + LIFETIME_MS;
}
