import type { NotAnImage } from './download';
import type { NoAnswer } from './outcome';
import { systemClock, wait, type Clock } from './wait';

const RETRIES = 3;
const FIRST_WAIT_MS = 500;

/**
 * Repeats a download, which costs nothing, after network faults, 429 and 5xx: three times, after
 * 0.5, 1 and 2 seconds.
 *
 * @param expiresAt when the link ends, in milliseconds since 1970; later there is no further attempt
 * @param shouldStop whether the download is no longer wanted
 */
export async function downloadWithRetries<T extends { readonly kind: string }>(
	download: () => Promise<T | NotAnImage | NoAnswer>,
	expiresAt: number,
	shouldStop: () => boolean,
	clock: Clock = systemClock,
): Promise<T | NotAnImage | NoAnswer> {
	for (let retries = 0; ; retries++) {
		const outcome = await download();
		const isRepeated = isTransient(outcome) && retries < RETRIES && clock.now() < expiresAt;
		if (!isRepeated) return outcome;
		if (!(await wait(FIRST_WAIT_MS * 2 ** retries, shouldStop, clock))) return outcome;
	}
}

function isTransient(outcome: { readonly kind: string; readonly status?: number }): boolean {
	const { kind, status = 0 } = outcome;
	if (kind === 'refused') return status >= 500 || status === 429;
	return ['unreachable', 'cut', 'timeout'].includes(kind);
}
