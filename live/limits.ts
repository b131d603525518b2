import { formatCount } from '../nodes/SiliconFlowImage/contract/numbers';
import type { RequestBody } from '../nodes/SiliconFlowImage/contract/request';
import { Sanitizer } from '../nodes/SiliconFlowImage/contract/sanitize';
import type { Clock } from './clock';
import { said } from './compare';
import { observe, reasonOf } from './observe';
import { postImages, type Account } from './service';

/**
 * How the service counts images per minute. What the node must not assume, one account can find out on
 * a free model: whether the minute slides, whether rejected requests count, and what a rejection says.
 * It takes about five minutes, and another process with the same account would spoil it.
 */

const MINUTE_MS = 60_000;
/** After so long without a request, all places are free. */
const QUIET_MS = MINUTE_MS + 5_000;
/** Longer than an image takes, so that the place of the first is free long before that of the next. */
const APART_MS = 25_000;
/** A place is free a little later than a minute after it was taken, because latency varies. */
const AFTER_MINUTE_MS = MINUTE_MS + 1_000;
/** Rejected requests in the minute in which they must not count. */
const EXTRA = 4;
const EXTRA_EVERY_MS = 12_000;
/** An account that may make more images a minute is not the one to measure with. */
const MOST_IMAGES = 16;

/** One request of the measurement. */
export interface Try {
	/** When it was sent, in seconds since the measurement began. */
	readonly at: number;
	readonly outcome: 'accepted' | 'rejected' | 'other';
	/** What came, and which headers said something about limits. */
	readonly words: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly seconds: number;
}

export interface Limits {
	readonly model: string;
	readonly tries: readonly Try[];
	/** Images that were made. */
	readonly accepted: number;
	/** What follows, a sentence each. */
	readonly conclusions: readonly string[];
}

/** @param body the smallest for the model; each request asks for one image */
export async function measureLimits(
	account: Account,
	model: string,
	body: RequestBody,
	{ clock, signal, log }: { clock: Clock; signal: AbortSignal; log: (line: string) => void },
): Promise<Limits> {
	const tries: Try[] = [];
	const began = clock.now();
	const send = async (): Promise<Try['outcome']> => {
		if (signal.aborted) return 'other';
		const at = Math.round((clock.now() - began) / 100) / 10;
		const result = { at, ...(await outcomeOf(account, body)) };
		tries.push(result);
		log(`limits, after ${at} s: ${result.outcome}`);
		return result.outcome;
	};
	const waitUntil = async (time: number) => {
		if (!signal.aborted) await clock.wait(Math.max(0, time - clock.now()));
	};
	/** Sends until the first rejection; whether there was one. */
	const fill = async (): Promise<boolean> => {
		for (let i = 0; i < MOST_IMAGES; i++) {
			const outcome = await send();
			if (outcome !== 'accepted') return outcome === 'rejected';
		}
		return false;
	};
	const measure = async (): Promise<string[]> => {
		log('limits: a minute without a request comes first');
		await waitUntil(began + QUIET_MS);
		const first = clock.now();
		if ((await send()) !== 'accepted') return ['The first request was not accepted.'];
		await waitUntil(first + APART_MS);
		if (!(await fill())) return [`No limit was met with ${tries.length} images.`];
		const capacity = countOf(tries, 'accepted');
		await waitUntil(first + AFTER_MINUTE_MS);
		const window = windowOf(await send(), await send(), capacity);

		const second = clock.now() + QUIET_MS;
		await waitUntil(second);
		if (!(await fill())) return [window, 'The second minute met no limit.'];
		const extra: Array<Try['outcome']> = [];
		for (let i = 1; i <= EXTRA; i++) {
			await waitUntil(second + i * EXTRA_EVERY_MS);
			extra.push(await send());
		}
		await waitUntil(second + AFTER_MINUTE_MS);
		return [
			`Let in before the first rejection: ${formatCount(capacity, 'image')}.`,
			window,
			rejectionsOf(extra, await send()),
		];
	};
	const conclusions = [...(await measure()), ...headersOf(tries)];
	return { model, tries, accepted: countOf(tries, 'accepted'), conclusions };
}

/**
 * @param first what became of a request a minute after the first of several images
 * @param next of another one right after it, less than a minute after the others
 */
export function windowOf(first: Try['outcome'], next: Try['outcome'], capacity: number): string {
	if (first === 'accepted' && next === 'rejected' && capacity > 1) {
		return 'The minute slides: each place is free a minute after it was taken.';
	}
	if (first === 'accepted' && next === 'accepted' && capacity > 1) {
		return 'The minute does not slide: all places are free at once.';
	}
	if (first === 'rejected') {
		return 'A minute after the first image no place was free: the window is longer, began later, or rejected requests count.';
	}
	return 'Whether the minute slides cannot be told.';
}

/**
 * @param extra what became of requests while no place was free
 * @param last of one a minute after the first image, less than a minute after the extra ones
 */
export function rejectionsOf(extra: ReadonlyArray<Try['outcome']>, last: Try['outcome']): string {
	if (extra.some((outcome) => outcome !== 'rejected') || last === 'other') {
		return 'Whether rejected requests count cannot be told.';
	}
	return last === 'accepted'
		? 'Rejected requests do not count.'
		: 'Rejected requests count: they kept the place from being free.';
}

function headersOf(tries: readonly Try[]): string[] {
	const rejected = tries.filter(({ outcome }) => outcome === 'rejected');
	if (rejected.length === 0) return [];
	const slowest = Math.max(...rejected.map(({ seconds }) => seconds));
	const headers = [...new Set(rejected.flatMap((each) => Object.keys(each.headers)))];
	return [
		`A rejection says ${rejected[0].words}, in up to ${slowest} s, with ${
			headers.length === 0 ? 'no header about limits' : `the headers ${headers.join(', ')}`
		}.`,
	];
}

const countOf = (tries: readonly Try[], outcome: Try['outcome']) =>
	tries.filter((each) => each.outcome === outcome).length;

async function outcomeOf(account: Account, body: RequestBody): Promise<Omit<Try, 'at'>> {
	const sanitizer = new Sanitizer(account.apiKey);
	try {
		const { seen } = await observe(await postImages(account, body), sanitizer);
		const { status, code, words = '', headers, seconds, images } = seen;
		const outcome = images.length > 0 ? 'accepted' : status === 429 ? 'rejected' : 'other';
		return { outcome, words: said(status, code, words), headers, seconds };
	} catch (thrown) {
		const words = sanitizer.redact(reasonOf(thrown));
		return { outcome: 'other', words, headers: {}, seconds: 0 };
	}
}
