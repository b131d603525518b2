import { measureLimits, rejectionsOf, windowOf, type Try } from '../../live/limits';
import { startSimulator, type Limit } from '../../simulator';

/** What a measurement of the rate limit says about services that count in different ways. */

const BODY = { model: 'Kwai-Kolors/Kolors', prompt: 'A boat', image_size: '1024x1024' };

afterEach(() => jest.restoreAllMocks());

async function measure(limit?: Limit, rejects?: (images: number, rejected: number) => boolean) {
	const simulator = await startSimulator({ limit, blockSize: 64 });
	let waited = 0;
	const real = Date.now;
	const now = () => real() + waited;
	jest.spyOn(Date, 'now').mockImplementation(now);
	const clock = { now, wait: async (milliseconds: number) => void (waited += milliseconds) };
	if (rejects) {
		let rejected = 0;
		simulator.fault({
			times: Infinity,
			when: () => {
				const isRejected = rejects(simulator.imagesMade, rejected);
				if (isRejected) rejected++;
				return isRejected;
			},
			status: 429,
			headers: { 'x-ratelimit-remaining-images': '0' },
			body: { code: 50604, message: 'IPM limit reached.', data: null },
		});
	}
	const { signal } = new AbortController();
	const { baseUrl, apiKey } = simulator;
	const account = { baseUrl, apiKey };
	const limits = await measureLimits(account, BODY.model, BODY, { clock, signal, log: () => {} });
	await simulator.close();
	return limits;
}

it('A minute that slides, in which rejected requests do not count', async () => {
	const limits = await measure({ images: 2, perMs: 60_000 });

	expect(limits.conclusions.slice(0, 3)).toStrictEqual([
		'Let in before the first rejection: 2 images.',
		'The minute slides: each place is free a minute after it was taken.',
		'Rejected requests do not count.',
	]);
	expect(limits.conclusions[3]).toMatch(
		/^A rejection says 429, code 50604 \(Request was rejected due to rate limiting.*\), in up to [\d.]+ s, with no header about limits\.$/,
	);
});

it('The headers of a rejection are named', async () => {
	const limits = await measure({ images: 2, perMs: 60_000, retryAfter: true });

	expect(limits.conclusions[3]).toMatch(/with the headers retry-after\.$/);
});

it('A service without a limit is asked for 17 images and no more', async () => {
	const limits = await measure();

	expect(limits.accepted).toBe(17);
	expect(limits.conclusions).toStrictEqual(['No limit was met with 17 images.']);
});

it('A service that always rejects', async () => {
	const limits = await measure(undefined, () => true);

	expect(limits.conclusions).toStrictEqual([
		'The first request was not accepted.',
		expect.stringMatching(/with the headers x-ratelimit-remaining-images\.$/),
	]);
});

type Outcome = Try['outcome'];

it.each<[Outcome, Outcome, number, RegExp]>([
	['accepted', 'rejected', 2, /^The minute slides/],
	['accepted', 'accepted', 2, /^The minute does not slide/],
	['accepted', 'rejected', 1, /cannot be told/],
	['rejected', 'rejected', 2, /no place was free/],
	['other', 'accepted', 2, /cannot be told/],
])('%s, then %s, with %i images a minute: %s', (first, next, capacity, conclusion) => {
	expect(windowOf(first, next, capacity)).toMatch(conclusion);
});

it.each<[Outcome[], Outcome, RegExp]>([
	[['rejected', 'rejected'], 'accepted', /do not count/],
	[['rejected', 'rejected'], 'rejected', /^Rejected requests count/],
	[['rejected', 'accepted'], 'rejected', /cannot be told/],
	[['rejected'], 'other', /cannot be told/],
])('after %j %s: %s', (extra, last, conclusion) => {
	expect(rejectionsOf(extra, last)).toMatch(conclusion);
});
