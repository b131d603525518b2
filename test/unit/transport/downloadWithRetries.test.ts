import { VirtualClock } from '../../../harness/simulatedTime/virtualClock';
import {
	downloadWithRetries,
	type DownloadedImage,
	type NotAnImage,
} from '../../../nodes/SiliconFlowImage/transport/download';
import type { NoAnswer } from '../../../nodes/SiliconFlowImage/transport/outcome';

type Outcome = DownloadedImage | NotAnImage | NoAnswer;

const START = Date.UTC(2026, 0, 1);
const image: Outcome = {
	kind: 'image',
	bytes: Buffer.from('x'),
	type: { extension: 'png', mimeType: 'image/png' },
};
const refused = (status: number): Outcome => ({ kind: 'refused', status });

/** Downloads with these outcomes, the last one over and over; each takes 100 ms by default. */
async function download(
	outcomes: Outcome[],
	{ expiresInMs = 3_600_000, stopsAtMs = Infinity, offMs = 0, isFresh = false, takesMs = 100 } = {},
) {
	const clock = new VirtualClock(START);
	// Somebody has set the time of day since the process began.
	clock.timeOfDay = () => clock.now() + offMs;
	const triedAt: number[] = [];
	const outcome = await clock.run(
		downloadWithRetries(
			async () => {
				triedAt.push(clock.now() - START);
				await clock.sleep(takesMs);
				return outcomes[Math.min(triedAt.length, outcomes.length) - 1];
			},
			{ expiresAt: START + offMs + expiresInMs, isFresh },
			() => clock.now() - START >= stopsAtMs,
			clock,
		),
	);
	return { outcome, triedAt, endedAt: clock.now() - START };
}

it.each<[string, Outcome]>([
	['an image', image],
	['403', refused(403)],
	['404', refused(404)],
	['499', refused(499)],
	['an empty file', { kind: 'empty' }],
	['a page', { kind: 'notAnImage', contentType: 'text/html' }],
	['a redirect', { kind: 'redirect', target: 'ftp:' }],
	['too large', { kind: 'tooLarge', limit: '8 MB' }],
	['a cancel', { kind: 'cancelled' }],
])('It is not repeated after %s', async (_name, outcome) => {
	expect(await download([outcome])).toStrictEqual({ outcome, triedAt: [0], endedAt: 100 });
});

it.each<[string, Outcome]>([
	['429', refused(429)],
	['500', refused(500)],
	['503', refused(503)],
	['an unreachable host', { kind: 'unreachable', code: 'ENOTFOUND' }],
	['a cut connection', { kind: 'cut', code: 'ECONNRESET' }],
	['a time-out', { kind: 'timeout' }],
])('It is repeated three times, after 0.5, 1 and 2 seconds: %s', async (_name, outcome) => {
	const triedAt = [0, 600, 1_700, 3_800];

	expect(await download([outcome])).toStrictEqual({ outcome, triedAt, endedAt: 3_900 });
});

it('The first outcome that is none of these counts', async () => {
	const { outcome, triedAt } = await download([refused(500), { kind: 'timeout' }, image]);

	expect(outcome).toBe(image);
	expect(triedAt).toStrictEqual([0, 600, 1_700]);
});

it.each([
	['over at once', 0, [0]],
	['over with the first answer', 100, [0]],
	['over during the wait: the attempt that was due is made', 101, [0, 600]],
	['over before the third', 700, [0, 600]],
])(
	'There is no further attempt after the link has expired: %s',
	async (_name, expiresInMs, triedAt) => {
		expect(await download([refused(500)], { expiresInMs })).toMatchObject({ triedAt });
	},
);

it.each([-7_200_000, 7_200_000])(
	'When a link expires is a matter of the time of day, however far that is set: %d ms',
	async (offMs) => {
		const expiresInMs = 700;

		expect(await download([refused(500)], { expiresInMs, offMs })).toMatchObject({
			triedAt: [0, 600],
		});
	},
);

it('A stop ends the wait within half a second, with the last outcome', async () => {
	const { outcome, triedAt, endedAt } = await download([refused(500)], { stopsAtMs: 1_850 });

	expect({ outcome, triedAt }).toStrictEqual({ outcome: refused(500), triedAt: [0, 600, 1_700] });
	expect(endedAt).toBeLessThanOrEqual(2_350);
});

describe('A link that the service has just given', () => {
	const isFresh = true;
	const triedAt = [0, 600, 1_700, 3_800, 6_900, 11_000];

	it.each<[string, Outcome]>([
		['403', refused(403)],
		['404', refused(404)],
		['408', refused(408)],
		['423', refused(423)],
		['425', refused(425)],
		['429', refused(429)],
		['500', refused(500)],
		['503', refused(503)],
		['an empty file', { kind: 'empty' }],
		['a page', { kind: 'notAnImage', contentType: 'text/html' }],
	])('is asked again for some ten seconds after %s', async (_name, outcome) => {
		expect(await download([outcome], { isFresh })).toStrictEqual({
			outcome,
			triedAt,
			endedAt: 11_100,
		});
		expect(
			await download([outcome, outcome, outcome, outcome, outcome, image], { isFresh }),
		).toEqual({ outcome: image, triedAt, endedAt: 11_100 });
	});

	it.each<[string, Outcome]>([
		['an image', image],
		['400', refused(400)],
		['401', refused(401)],
		['410', refused(410)],
		['451', refused(451)],
		['a redirect', { kind: 'redirect', target: 'ftp:' }],
		['too large', { kind: 'tooLarge', limit: '8 MB' }],
		['a cancel', { kind: 'cancelled' }],
	])('is not asked again after %s', async (_name, outcome) => {
		expect(await download([outcome], { isFresh })).toMatchObject({ outcome, triedAt: [0] });
	});

	it.each<[string, Outcome]>([
		['an unreachable host', { kind: 'unreachable', code: 'ENOTFOUND' }],
		['a cut connection', { kind: 'cut', code: 'ECONNRESET' }],
		['a time-out', { kind: 'timeout' }],
	])('is asked three more times, as any other, after %s', async (_name, outcome) => {
		expect(await download([outcome], { isFresh })).toMatchObject({ triedAt: triedAt.slice(0, 4) });
	});

	it.each<[string, Outcome, number[]]>([
		['404: no more after ten seconds', refused(404), [0, 4_500, 9_500]],
		['503: three more times in any case', refused(503), [0, 4_500, 9_500, 15_500]],
	])('A host that takes four seconds for an answer. %s', async (_name, outcome, tries) => {
		expect(await download([outcome], { isFresh, takesMs: 4_000 })).toMatchObject({
			triedAt: tries,
		});
	});

	it('that comes to its end is not asked again', async () => {
		expect(await download([refused(404)], { isFresh, expiresInMs: 650 })).toMatchObject({
			triedAt: [0, 600],
		});
	});

	it('is not asked again after a stop', async () => {
		const { triedAt: tries, endedAt } = await download([refused(404)], {
			isFresh,
			stopsAtMs: 7_500,
		});

		expect(tries).toStrictEqual([0, 600, 1_700, 3_800, 6_900]);
		expect(endedAt).toBeLessThanOrEqual(8_000);
	});
});
