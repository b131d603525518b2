import { VirtualClock } from '../../../harness/simulatedTime/virtualClock';
import { LoadRoom } from '../../../nodes/SiliconFlowImage/transport/loadRoom';
import {
	PermitQueue,
	type Execution,
	type Permit,
} from '../../../nodes/SiliconFlowImage/transport/permitQueue';
import { RateLimiter } from '../../../nodes/SiliconFlowImage/transport/rateLimiter';
import { WaitingLoop } from '../../../nodes/SiliconFlowImage/transport/wait';
import { Semaphore } from '../../../nodes/SiliconFlowImage/transport/semaphore';

/** Ten requests that load so much at once, and are not answered; how many have left at these times. */
async function leftAt(
	bytes: number,
	timesMs: readonly number[],
	answer: (permit: Permit) => void = () => {},
) {
	const clock = new VirtualClock();
	const host = { clock, loop: new WaitingLoop(clock), room: new LoadRoom(clock) };
	const queue = new PermitQueue('model', host, new RateLimiter());
	let left = 0;
	let isOver = false;
	const execution = (): Execution => ({
		...{ startedAt: clock.now(), slots: new Semaphore(1), imagesPerMinute: 0, giveUpMs: 0 },
		...{ onRejected: () => {}, onResumed: () => {}, onHeld: () => {} },
	});
	const asked = Array.from({ length: 10 }, async () => {
		const permit = await queue.acquire({
			...{ execution: execution(), position: 0, queuedAt: clock.now(), images: () => 1 },
			shouldStop: () => isOver,
			load: async () => bytes,
		});
		if (permit.kind !== 'permit') return;
		left++;
		answer(permit);
	});
	return await clock.run(
		(async () => {
			const counts: number[] = [];
			for (const time of timesMs) {
				await clock.sleep(time - (clock.now() - Date.UTC(2026, 0, 1)));
				counts.push(left);
			}
			isOver = true;
			await Promise.all(asked);
			return counts;
		})(),
	);
}

const MB = 1024 * 1024;
const REJECTION = { kind: 'reply', status: 429, text: '' } as const;

describe('What requests take along that have just left', () => {
	it.each([
		[
			'24 MB each: two load at once, two more after a second of silence',
			24,
			[50, 900, 1_300],
			[2, 2, 4],
		],
		['1 MB each: nothing is held back', 1, [300], [10]],
	])('%s', async (_name, megabytes, timesMs, expected) => {
		expect(await leftAt(megabytes * MB, timesMs)).toStrictEqual(expected);
	});

	it.each<[string, (permit: Permit) => unknown]>([
		['accepted', (permit) => permit.accepted()],
		['rejected', (permit) => permit.rejected(REJECTION, { status: 429 })],
		['another', (permit) => permit.inconclusive()],
	])('does not count after an answer: %s', async (_name, answer) => {
		expect(await leftAt(24 * MB, [900], answer)).toStrictEqual([10]);
	});
});
