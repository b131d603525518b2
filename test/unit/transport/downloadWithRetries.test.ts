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

/** Downloads with these outcomes, the last one over and over; each takes 100 ms. */
async function download(
	outcomes: Outcome[],
	{ expiresInMs = 3_600_000, stopsAtMs = Infinity, offMs = 0 } = {},
) {
	const clock = new VirtualClock(START);
	// Somebody has set the time of day since the process began.
	clock.timeOfDay = () => clock.now() + offMs;
	const triedAt: number[] = [];
	const outcome = await clock.run(
		downloadWithRetries(
			async () => {
				triedAt.push(clock.now() - START);
				await clock.sleep(100);
				return outcomes[Math.min(triedAt.length, outcomes.length) - 1];
			},
			START + offMs + expiresInMs,
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
