import fc from 'fast-check';
import type { Rejection } from '../../../nodes/SiliconFlowImage/contract/rejection';
import { RateLimiter, type Attempt } from '../../../nodes/SiliconFlowImage/transport/rateLimiter';

/**
 * A limiter and what happens to it, at times in milliseconds. The marks are at 0, 61 s, 122 s and so on,
 * and chance is nothing, so that each comes late in its half second, or early for those who wait.
 */
class Story {
	constructor(
		readonly limiter = new RateLimiter(0, () => 0.5),
		/** Images that wait in the process. */
		public waiting = 1,
		/** How far the time of day is off the steady clock. */
		public offMs = 0,
	) {}

	private at = (now: number) => ({ now, timeOfDay: now + this.offMs });

	leave(now: number, images = 1): Attempt {
		return this.limiter.depart(this.at(now), images, this.waiting);
	}

	accepted(now: number, images = 1): this {
		this.limiter.accept(this.leave(now, images));
		return this;
	}

	/** A request leaves, and is rejected after `tookMs`. */
	rejected(now: number, rejection: Partial<Rejection> = {}, tookMs = 100): this {
		this.reject(this.leave(now), now + tookMs, rejection);
		return this;
	}

	reject(attempt: Attempt, now: number, rejection: Partial<Rejection> = {}): void {
		this.limiter.reject(attempt, this.at(now), { status: 429, ...rejection });
	}

	/** When the next request may leave. */
	next(now: number, images = 1): number {
		return this.limiter.departureTime(this.at(now), images, this.waiting);
	}

	/** When requests leave until a time, if each leaves as soon as it may and is rejected. */
	rejectedUntil(endMs: number, from: number, rejection: Partial<Rejection> = {}): number[] {
		const times: number[] = [];
		for (let now = from; ; ) {
			now = Math.max(now, this.next(now));
			if (now > endMs) return times;
			times.push(now);
			this.rejected(now, rejection);
			now += 100;
		}
	}
}

const MARK = 61_000;
/** What stands in for chance. */
const chances = fc.integer({ min: 0, max: 99 }).map((percent) => percent / 100);
/** Whether a time is in the half second after a mark. */
const isMark = (time: number) => time % MARK <= 500;

it('Nothing waits until the first rejection, however much leaves', () => {
	const story = new Story();
	for (let n = 0; n < 500; n++) story.leave(n);

	expect(story.next(500, 100)).toBe(-Infinity);
});

describe('Whoever gets nothing tries again', () => {
	it.each([
		['others use the limit', 0, 2],
		['own images were let in', 2, 4],
	])('soon, and more often if own images were let in: %s', (_name, letIn, soonTries) => {
		const story = new Story();
		for (let n = 0; n < letIn; n++) story.accepted(30_000 + n);
		story.rejected(30_010);
		const times = story.rejectedUntil(60_900, 30_110);

		expect(times).toHaveLength(soonTries);
		expect(times[0]).toBeGreaterThanOrEqual(32_000);
		expect(times[0]).toBeLessThanOrEqual(32_500);
	});

	it('at each mark, and a window after its place was taken, for four windows', () => {
		const times = new Story().rejected(30_000).rejectedUntil(10 * MARK, 30_100);
		const [early, late] = [times.filter((at) => at < 300_000), times.filter((at) => at > 310_000)];

		expect(early.filter(isMark)).toHaveLength(4);
		expect(early.filter((at) => (at - 30_000) % 60_500 < 500)).toHaveLength(4);
		// After that, once at each mark, within what clocks may differ.
		expect(late.length).toBeLessThanOrEqual(6);
		for (const at of late) expect(Math.min(at % MARK, MARK - (at % MARK))).toBeLessThan(1_500);
	});

	it('earlier after a mark the longer it has waited', () => {
		const [patient, fresh] = [new Story().rejected(1_000), new Story().rejected(119_000)];
		patient.rejectedUntil(121_900, 1_100);
		fresh.rejectedUntil(121_900, 119_100);

		expect(patient.next(121_900)).toBeLessThan(fresh.next(121_900));
		expect(isMark(patient.next(121_900))).toBe(true);
	});

	it('at the same marks in all processes, whatever their steady clocks say', () => {
		const others = [0, 123_456, -40_000].map((offMs) => {
			const story = new Story(new RateLimiter(7_000, () => 0.5), 1, offMs);
			story.rejected(10_000 - offMs);
			const times = story.rejectedUntil(130_000 - offMs, 10_100 - offMs).map((at) => at + offMs);
			return times.filter((at) => isMark(at - 7_000));
		});

		expect(others[0].length).toBeGreaterThanOrEqual(2);
		expect(others[1]).toStrictEqual(others[0]);
		expect(others[2]).toStrictEqual(others[0]);
	});

	it('without a rush: two tries are never closer than two seconds, with any phase and any chance', () => {
		fc.assert(
			fc.property(fc.nat(MARK), chances, (phase, chance) => {
				const story = new Story(new RateLimiter(phase, () => chance)).rejected(1_000);
				const times = story.rejectedUntil(900_000, 1_100);
				expect(times.length).toBeLessThan(30);
			}),
		);
	});
});

describe('Own places', () => {
	/** Two images at a time, then the limit is met. */
	const full = (at = 10_000) =>
		new Story()
			.accepted(at)
			.accepted(at + 200)
			.rejected(at + 300);

	it('are taken again a window later, one after the other, and then one more is tried', () => {
		const story = full();
		story.rejectedUntil(60_000, 10_500);
		story.rejectedUntil(70_000, 60_000);
		expect(story.next(70_000)).toBe(70_500);
		story.accepted(70_500);
		expect(story.next(70_600)).toBeLessThanOrEqual(70_700);
	});

	it.each([1, 2, 3, 4])('a rejection in the moment of the try waits, too: window %d', (windows) => {
		const story = new Story().rejected(10_000, {}, 0);
		const at = 10_000 + windows * 60_500;
		story.rejected(at, {}, 0);

		expect(story.next(at)).toBeGreaterThan(at);
	});

	it('are left to the mark by whoever has many images waiting', () => {
		const story = full();
		story.waiting = 9;
		story.rejectedUntil(60_000, 10_500);
		const next = story.next(61_600);

		expect(isMark(story.next(60_000))).toBe(true);
		story.rejected(story.next(60_000));
		expect(isMark(story.next(62_000))).toBe(true);
		expect(next).toBeGreaterThan(60_000);
	});

	it('but only the last two, where there are more', () => {
		const story = new Story();
		story.waiting = 50;
		for (let n = 0; n < 5; n++) story.accepted(10_000 + n * 1_000);
		story.rejected(14_100);
		story.rejectedUntil(70_000, 14_200);
		let now = 70_000;
		const taken: number[] = [];
		for (;;) {
			now = Math.max(now, story.next(now));
			if (now > 100_000) break;
			taken.push(now);
			story.accepted(now);
			if (taken.length > 3) break;
		}

		expect(taken[0]).toBe(70_500);
		expect(taken.length).toBeGreaterThanOrEqual(3);
	});

	it('are lost with what turns out to be rejected after all', () => {
		const story = new Story();
		const slow = story.leave(10_000);
		story.rejected(10_100);
		story.rejectedUntil(60_000, 10_300);
		story.reject(slow, 60_100);

		expect(story.next(60_200)).toBeLessThanOrEqual(MARK + 500);
	});
});

describe('After a pause', () => {
	const paused = () => {
		const story = new Story().accepted(10_000).accepted(10_010).rejected(10_020);
		story.rejectedUntil(16_000, 10_120);
		return story;
	};

	it('one request goes first, and the next waits until it is accepted or silent', () => {
		const story = paused();
		const at = story.next(16_500);
		const first = story.leave(at);
		const silentAt = story.next(at + 1);
		expect(silentAt).toBeGreaterThanOrEqual(at + 500);
		expect(silentAt).toBeLessThanOrEqual(at + 1_000);
		story.limiter.accept(first);

		expect(story.next(at + 1)).toBe(-Infinity);
	});

	it('after one that says nothing, the next goes at once', () => {
		const story = paused();
		const at = story.next(16_500);
		story.limiter.forget(story.leave(at));

		expect(story.next(at + 1)).toBe(-Infinity);
	});

	it.each([
		[100, 500],
		[1_000, 1_500],
		[10_000, 15_000],
		[60_000, 30_000],
	])('rejections that take %d ms: silence is acceptance after %d ms', (tookMs, silentMs) => {
		const story = new Story().rejected(0, {}, tookMs);
		const at = Math.max(story.next(tookMs), tookMs);
		story.leave(at);

		expect(story.next(at + 1) - at).toBe(silentMs);
	});

	it('others of a round that are rejected too lengthen nothing', () => {
		const story = new Story();
		const [one, two, three] = [0, 1, 2].map((n) => story.leave(n));
		story.reject(one, 100);
		const end = story.next(100);
		story.reject(two, 101);
		story.reject(three, 1_500);

		expect(story.next(1_500)).toBe(end);
	});

	it('one that leaves early begins no pause, and ends one when it is accepted', () => {
		const story = new Story().rejected(10_000);
		story.rejectedUntil(20_000, 10_100);
		const end = story.next(20_000);
		story.rejected(21_000);
		expect(story.next(21_500)).toBe(end);
		story.accepted(22_000);

		expect(story.next(22_000)).toBe(-Infinity);
	});

	it('a limit that is not per minute: as many as before follow at once, each window', () => {
		const story = new Story();
		for (let n = 0; n < 10; n++) story.accepted(1_000);
		story.rejected(1_000);
		story.rejectedUntil(6_000, 1_100);
		const at = story.next(7_000);
		expect(at).toBeLessThan(8_000);
		for (let n = 0; n < 10; n++) {
			expect(story.next(at)).toBeLessThanOrEqual(at);
			story.accepted(at);
		}
		story.rejected(at);

		expect(story.next(at + 100)).toBeLessThanOrEqual(at + 2_100);
	});
});

describe('What the service says', () => {
	it('Retry-After is followed exactly at first, and is the least after that', () => {
		const story = new Story().rejected(1_000, { retryAfterMs: 7_000 });
		expect(story.next(1_100)).toBe(8_100);
		story.rejected(8_100, { retryAfterMs: 7_000 });

		expect(story.next(8_200)).toBeGreaterThanOrEqual(15_200);
	});

	it('an overload is paused for shorter, up to 16 seconds', () => {
		const times = new Story().rejectedUntil(80_000, 1_000, { status: 503 });
		const pauses = times.slice(1).map((at, n) => Math.round((at - times[n]) / 1_000));

		expect(pauses).toStrictEqual([1, 2, 4, 8, 16, 16, 16]);
	});

	it('a limit per day makes no pause', () => {
		expect(new Story().rejected(1_000, { isLasting: true }).next(1_100)).toBeLessThanOrEqual(1_100);
	});
});

describe('Clocks', () => {
	it.each([-3_600_000, 3_600_000])(
		'when the time of day is set by %d ms, no pause is longer',
		(by) => {
			const story = new Story().rejected(10_000);
			story.rejectedUntil(40_000, 10_100);
			const end = story.next(40_000);
			story.offMs = by;
			expect(story.next(40_001)).toBe(end);
			story.rejected(end);

			expect(story.next(end + 100) - end).toBeLessThanOrEqual(MARK + 500);
		},
	);
});

it('After ten minutes in which nobody asked, everything begins anew', () => {
	const story = new Story().rejected(1_000);
	story.rejectedUntil(100_000, 1_100);
	story.accepted(800_000);

	expect(story.next(800_000)).toBe(-Infinity);
});

it('Any story: a request may always leave within a mark and what the service asks', () => {
	const events = fc.array(
		fc.record({
			afterMs: fc.nat(70_000),
			images: fc.integer({ min: 1, max: 4 }),
			outcome: fc.constantFrom('accepted', 'rejected', 'overload', 'forgotten', 'silent'),
			waiting: fc.nat(100),
		}),
		{ maxLength: 60 },
	);
	fc.assert(
		fc.property(events, fc.nat(MARK), chances, (all, phase, r) => {
			const story = new Story(new RateLimiter(phase, () => r));
			let now = 0;
			for (const { afterMs, images, outcome, waiting } of all) {
				story.waiting = waiting;
				now += afterMs;
				const next = story.next(now, images);
				expect(next - now).toBeLessThanOrEqual(MARK + 2_500);
				now = Math.max(now, next);
				const attempt = story.leave(now, images);
				if (outcome === 'accepted') story.limiter.accept(attempt);
				if (outcome === 'forgotten') story.limiter.forget(attempt);
				if (outcome === 'rejected') story.reject(attempt, now + 100);
				if (outcome === 'overload') story.reject(attempt, now + 100, { status: 503 });
			}
		}),
	);
});
