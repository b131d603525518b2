import fc from 'fast-check';
import type { Rejection } from '../../../nodes/SiliconFlowImage/transport/attemptLog';
import { RateLimiter } from '../../../nodes/SiliconFlowImage/transport/rateLimiter';

/** A limiter and what happens to it, at times in milliseconds. */
class Story {
	readonly limiter: RateLimiter;

	/** @param random what each draw gives: 0 is the shortest pause */
	constructor(random = 0) {
		this.limiter = new RateLimiter(() => random);
	}

	leave(at: number, images = 1) {
		return this.limiter.depart(at, images);
	}

	accepted(at: number, images = 1) {
		this.limiter.accept(this.leave(at, images));
		return this;
	}

	/** A request leaves, and is rejected after `tookMs`. */
	rejected(at: number, rejection: Partial<Rejection> = {}, tookMs = 100) {
		this.limiter.reject(this.leave(at), at + tookMs, { status: 429, ...rejection });
		return this;
	}

	/** When the pause ends, as long as nothing has left after it. */
	pauseEnd(deadline?: number) {
		return this.limiter.departureTime(0, 1, deadline);
	}

	mayLeave(now: number, images = 1) {
		return this.limiter.departureTime(now, images) <= now;
	}

	/** How long the next pauses are, if each ends in a request that is rejected 100 ms later. */
	pauses(count: number, rejection: Partial<Rejection> = {}) {
		return Array.from({ length: count }, () => {
			const end = this.pauseEnd();
			const pause = end - this.limiter.lastRejectedAt;
			this.rejected(end, rejection);
			return pause;
		});
	}
}

const OVERLOAD = { status: 503 };
const WINDOW = 60_500;

describe('Before the first rejection', () => {
	it('nothing waits, however much leaves', () => {
		const story = new Story();
		for (let n = 0; n < 500; n++) story.leave(n);

		expect(story.limiter.departureTime(500, 100)).toBe(-Infinity);
		expect(story.limiter.isLimited).toBe(false);
		expect(story.limiter.retryAfterEnd).toBe(-Infinity);
	});

	it('the first rejection makes it limited', () => {
		expect(new Story().rejected(0).limiter.isLimited).toBe(true);
	});
});

describe('How long a pause is', () => {
	it.each([
		[0, [2_000, 4_000, 8_000, 16_000, 22_000]],
		[0.5, [2_050, 4_100, 8_200, 16_400]],
		[0.9, [2_090, 4_180, 8_360, 16_720]],
	])('2, 4, 8, 16 seconds, then 22 to 40 at random: %d gives %j', (random, expected) => {
		const story = new Story(random).accepted(0).rejected(0);

		expect(story.pauses(expected.length)).toStrictEqual(expected);
	});

	it.each([
		[0, [2_000, 22_000, 22_000]],
		[0.5, [2_050, 31_000, 31_000]],
	])('if others use the limit, only the first is short: %d gives %j', (random, expected) => {
		expect(new Story(random).rejected(0).pauses(expected.length)).toStrictEqual(expected);
	});

	it.each([
		['with an acceptance in the last minute', 0, true, [1_000, 2_000, 4_000, 8_000, 8_000]],
		['with an acceptance in the last minute', 0.5, true, [1_025, 2_050, 4_100, 12_000, 12_000]],
		['without', 0, false, [1_000, 8_000, 8_000]],
		['without', 0.5, false, [1_025, 12_000, 12_000]],
	])('An overload is paused for shorter: %s, %d', (_name, random, hasAcceptance, expected) => {
		const story = new Story(random);
		if (hasAcceptance) story.accepted(0);

		expect(story.rejected(0, OVERLOAD).pauses(expected.length, OVERLOAD)).toStrictEqual(expected);
	});

	it('What came last decides which pauses apply', () => {
		const story = new Story().accepted(0).rejected(0, OVERLOAD);

		expect([...story.pauses(1), ...story.pauses(1, OVERLOAD), ...story.pauses(1)]).toStrictEqual([
			1_000, 4_000, 4_000,
		]);
	});

	it('A pause ends when our oldest image of the last minute leaves the window', () => {
		const story = new Story().accepted(0).accepted(3_000).rejected(3_000);

		// 30.1 seconds and four answers of 0.1: the first window ends at 60.5 seconds.
		expect(story.pauses(6)).toStrictEqual([2_000, 4_000, 8_000, 16_000, 22_000, WINDOW - 55_600]);
		// Now the image at 3 seconds is the oldest.
		expect(story.pauseEnd()).toBe(3_000 + WINDOW);
	});

	it('An image that has left the window cuts no pause short, and makes none', () => {
		const story = new Story().accepted(0).rejected(0);
		story.rejected(WINDOW - 100);

		expect(story.pauses(1)).toStrictEqual([22_000]);
	});

	it('One draw holds for the whole pause', () => {
		let draws = 0;
		const limiter = new RateLimiter(() => ++draws / 100);
		for (const at of [0, 5_000]) limiter.reject(limiter.depart(at, 1), at, { status: 429 });
		const ends = [1, 2, 3].map((now) => limiter.departureTime(now, 1));

		expect(new Set(ends).size).toBe(1);
		expect(draws).toBe(2);
	});
});

describe('Once a window has refilled', () => {
	/** The first image of the window at 0, of the next one at 10 seconds, and then it was full. */
	const refilled = (random = 0) =>
		new Story(random).accepted(0).rejected(0).accepted(10_000).accepted(10_010).rejected(10_020);

	it.each([0, 0.9])('the next one is waited for in one go, and a little longer (%d)', (random) => {
		expect(refilled(random).pauseEnd()).toBe(10_000 + 10_100);
	});

	it('after that, the short pauses begin', () => {
		const story = refilled();
		story.rejected(story.pauseEnd());

		// 20.2 seconds, 30 of pauses and four answers of 0.1.
		expect(story.pauses(5)).toStrictEqual([2_000, 4_000, 8_000, 16_000, WINDOW - 50_600]);
	});

	it('it counts from the first image that was accepted, not from a request that was rejected', () => {
		const story = new Story().accepted(0).rejected(0).rejected(4_000);
		story.accepted(10_000).rejected(10_000).accepted(22_000).rejected(22_000);

		expect(story.pauseEnd()).toBe(22_000 + 12_000 * 1.01);
	});

	it('what was accepted more than a minute before in the same round is forgotten', () => {
		const story = new Story().accepted(0).accepted(70_000).rejected(70_000);
		story.accepted(80_000).rejected(80_000);

		expect(story.pauseEnd()).toBe(80_000 + 10_100);
	});

	it('two seconds are the least', () => {
		const story = new Story().accepted(0).rejected(0).accepted(1_000).rejected(1_000);

		expect(story.pauseEnd()).toBe(1_100 + 2_000);
	});

	it('a minute is the most, even where the first image has left the window', () => {
		const story = new Story().accepted(0).rejected(0).accepted(100_000);

		expect(story.rejected(150_000, {}, 15_000).pauseEnd()).toBe(165_000 + 2_000);
	});

	it('it is waited for no longer than until our oldest image leaves the window', () => {
		const story = new Story().accepted(0).rejected(0).accepted(40_000).rejected(40_000);

		expect(story.pauseEnd()).toBe(WINDOW);
	});

	it('an overload says nothing about the window', () => {
		const story = new Story().accepted(0).rejected(0).accepted(10_000).rejected(10_000, OVERLOAD);

		expect(story.pauses(2, OVERLOAD)).toStrictEqual([1_000, 2_000]);
	});
});

describe('Towards the deadline', () => {
	/** The second rejection comes at 10 seconds, so that a pause of 22 or more is due. */
	const AT = 10_000;
	const late = (random: number) => new Story(random).rejected(0).rejected(AT - 100);

	it.each([
		['far away', 600_000, 0, 22_000],
		['65 seconds ahead, the shortest share', 65_000, 0, 7_500],
		['65 seconds ahead', 65_000, 0.5, 10_000],
		['65 seconds ahead, nearly the longest share', 65_000, 0.9, 12_000],
		['32.5 seconds ahead', 32_500, 0.5, 5_000],
		['12 seconds ahead, where it is the shortest', 12_000, 0.5, 3_000],
		['3 seconds ahead', 3_000, 0.5, 3_000],
		['2 seconds ahead', 2_000, 0.5, 2_000],
		['over', -1_000, 0.5, -1_000],
	])('a pause is shorter and ends there: %s', (_name, ahead, random, expected) => {
		expect(late(random).pauseEnd(AT + ahead) - AT).toBeCloseTo(expected, 5);
	});

	it('a pause that is shorter anyway stays as it is', () => {
		expect(new Story().rejected(0).pauseEnd(30_100)).toBe(2_100);
	});

	it('once a request that left sooner is accepted, the pause is over for all', () => {
		const story = late(0);
		const sooner = story.leave(AT + 3_000);
		expect(story.limiter.departureTime(AT + 3_600, 1)).toBe(AT + 22_000);
		story.limiter.accept(sooner);

		expect(story.mayLeave(AT + 3_600)).toBe(true);
	});

	it('the pause for a window that refills is shorter too', () => {
		const story = new Story().accepted(0).rejected(0).accepted(30_000).rejected(30_000);

		expect(story.pauseEnd(30_100 + 52_000)).toBeCloseTo(30_100 + 6_000, 5);
	});
});

describe('The pause of more than a minute', () => {
	/** How long the pauses are while nothing at all is accepted. */
	const dry = (random: number, count: number) => new Story(random).rejected(0).pauses(count);

	it.each([
		[0, [2_000, 22_000, 22_000, 22_000, 22_000, 22_000, 22_000, 61_000, 22_000, 22_000, 22_000]],
		[0.5, [2_050, 31_000, 31_000, 31_000, 31_000, 67_000, 31_000, 31_000, 31_000, 31_000, 31_000]],
	])('is made once, after two minutes: %d', (random, expected) => {
		expect(dry(random, expected.length)).toStrictEqual(expected);
	});

	it.each([
		['two minutes', 2 * WINDOW, 22_000],
		['more than two minutes', 2 * WINDOW + 1, 61_000],
	])('is due after %s', (_name, answeredAt, expected) => {
		const story = new Story().rejected(0).rejected(answeredAt - 100);

		expect(story.pauseEnd() - answeredAt).toBe(expected);
	});

	it('is not shorter towards the deadline, but ends there', () => {
		const story = new Story().rejected(0).rejected(2 * WINDOW);
		const at = 2 * WINDOW + 100;

		expect(story.pauseEnd(at + 100_000)).toBe(at + 61_000);
		expect(story.pauseEnd(at + 50_000)).toBe(at + 50_000);
	});

	it('is made again in the next dry spell', () => {
		const story = new Story().rejected(0).rejected(130_000).accepted(200_000).rejected(200_000);
		story.rejected(320_000);
		expect(story.pauses(1)).toStrictEqual([22_000]);

		expect(story.pauses(1)).toStrictEqual([61_000]);
	});

	it('is not made for an overload, which leaves it for a rate limit', () => {
		const story = new Story().rejected(0).rejected(60_000).rejected(130_000, OVERLOAD);
		expect(story.pauses(1)).toStrictEqual([8_000]);

		expect(story.pauses(1)).toStrictEqual([61_000]);
	});

	it('two minutes count from when the first rejected request left', () => {
		const story = new Story().rejected(0, {}, 5_000).rejected(2 * WINDOW);

		expect(story.pauses(1)).toStrictEqual([61_000]);
	});
});

describe('Retry-After', () => {
	it.each([
		['shorter than the pause', 700],
		['longer', 45_000],
	])('is believed the first time: %s', (_name, retryAfterMs) => {
		const story = new Story().rejected(0, { retryAfterMs });

		expect(story.pauses(1)).toStrictEqual([retryAfterMs]);
		expect(story.limiter.isLimited).toBe(true);
	});

	it.each([
		['shorter than the pause', 700, 22_000],
		['longer', 45_000, 45_000],
	])('after that only lengthens a pause: %s', (_name, retryAfterMs, expected) => {
		const story = new Story().rejected(0).rejected(2_100, { retryAfterMs });

		expect(story.pauses(1)).toStrictEqual([expected]);
	});

	it('is believed again after an acceptance', () => {
		const story = new Story().rejected(0).rejected(2_100).accepted(30_000);

		expect(story.rejected(30_000, { retryAfterMs: 700 }).pauses(1)).toStrictEqual([700]);
	});

	it('is waited for beyond the deadline, because whoever asks ends by retryAfterEnd', () => {
		const story = new Story().rejected(0, { retryAfterMs: 45_000 });

		expect(story.pauseEnd(20_000)).toBe(45_100);
		expect(story.limiter.retryAfterEnd).toBe(45_100);
	});

	it('does not keep the pause from ending at the deadline', () => {
		const story = new Story().rejected(0).rejected(2_100, { retryAfterMs: 5_000 });

		expect(story.pauseEnd(2_200 + 10_000)).toBe(2_200 + 5_000);
		expect(story.pauseEnd(2_200 + 65_000)).toBeCloseTo(2_200 + 7_500, 5);
	});

	it('retryAfterEnd is that of the last pause', () => {
		const { limiter } = new Story().rejected(0, { retryAfterMs: 45_000 }).rejected(45_100);

		expect(limiter.retryAfterEnd).toBe(-Infinity);
	});
});

describe('A limit that no wait helps against', () => {
	it('makes no pause, and lets one request ask anew', () => {
		const story = new Story().rejected(0).rejected(2_100, { isLasting: true });
		expect(story.mayLeave(2_200)).toBe(true);
		story.leave(2_200);

		expect(story.mayLeave(2_201)).toBe(false);
	});
});

describe('After a pause', () => {
	/** Three images were accepted before it; it ends at 2.1 seconds. */
	const paused = () => new Story().accepted(0).accepted(0, 2).rejected(0);

	it.each([
		[2_099, false],
		[2_100, true],
	])('nothing leaves before its end: at %d ms %s', (now, expected) => {
		expect(paused().mayLeave(now)).toBe(expected);
	});

	it('one request goes ahead', () => {
		const story = paused();
		story.leave(2_100);

		expect(story.mayLeave(2_100)).toBe(false);
		expect(story.mayLeave(2_599)).toBe(false);
	});

	it('when it is accepted, as many images follow as were accepted before, then one by one', () => {
		const story = paused().accepted(2_100);
		expect(story.mayLeave(2_200, 3)).toBe(true);
		story.leave(2_200);
		expect(story.mayLeave(2_200)).toBe(true);
		expect(story.mayLeave(2_200, 2)).toBe(false);
		const last = story.leave(2_200);
		expect(story.mayLeave(2_201)).toBe(false);
		story.limiter.accept(last);
		expect(story.mayLeave(2_300)).toBe(false);
		expect(story.mayLeave(2_700)).toBe(true);
		story.leave(2_700);

		expect(story.mayLeave(2_701)).toBe(false);
	});

	it('if nothing was accepted before, it is one by one from the start', () => {
		const story = new Story().rejected(0).accepted(2_100);
		expect(story.mayLeave(2_200)).toBe(true);
		story.leave(2_200);

		expect(story.mayLeave(2_300)).toBe(false);
		expect(story.mayLeave(2_700)).toBe(true);
	});

	it('the last round in which anything was accepted says how many follow', () => {
		const story = paused();
		story.rejected(2_100);
		story.rejected(6_200).accepted(14_300);
		story.leave(14_400);

		expect(story.mayLeave(14_400)).toBe(true);
	});

	it('all others wait for the answer to the first, and not for those that follow', () => {
		const story = paused();
		story.leave(2_100);
		expect(story.limiter.departureTime(2_200, 1)).toBe(2_600);
		story.leave(2_600);

		expect(story.mayLeave(2_600)).toBe(true);
	});
});

describe('A request that is not answered', () => {
	/** Rejections took so long, in milliseconds; then one request leaves at 1000 seconds. */
	function silent(...rejectionTimes: number[]) {
		const story = new Story();
		rejectionTimes.forEach((tookMs, n) => story.rejected(n * 50_000, {}, tookMs));
		const probe = story.leave(1_000_000);
		return { story, probe, waitMs: story.limiter.departureTime(1_000_001, 1) - 1_000_000 };
	}

	it.each([
		['quick rejections: at least half a second', [5], 500],
		['usual ones', [160], 500],
		['slow ones', [1_500], 2_250],
		['the slowest counts', [200, 4_000, 300], 6_000],
		['very slow ones: at most half a minute', [25_000], 30_000],
		['only the last ten count, here with the slow one', [4_000, ...Array(9).fill(100)], 6_000],
		['and here without it', [4_000, ...Array(10).fill(100)], 500],
	])('is presumed accepted after a silence: %s', (_name, times, expected) => {
		expect(silent(...times).waitMs).toBe(expected);
	});

	it('late rejections of a closed round are timed too', () => {
		const story = new Story();
		const slow = story.leave(0);
		story.rejected(0);
		story.limiter.reject(slow, 4_000, { status: 429 });
		story.leave(10_000);

		expect(story.limiter.departureTime(10_001, 1)).toBe(16_000);
	});

	it('lets the next one go, but nothing is built on it', () => {
		const { story } = silent(160);
		const { limiter } = story;
		expect(story.mayLeave(1_000_500)).toBe(true);

		expect(limiter.drySince).toBe(0);
		expect(limiter.rejections).toBe(1);
	});

	it('shortens a pause as an acceptance would, until a late rejection corrects it', () => {
		const story = new Story().accepted(0).rejected(0);
		const probe = story.leave(2_100);
		story.rejected(2_700);
		expect(story.pauseEnd()).toBe(2_800 + 2_000);
		story.limiter.reject(probe, 3_500, { status: 429 });

		// Two rounds without an acceptance: four seconds from the rejection that closed the second.
		expect(story.pauseEnd()).toBe(2_800 + 4_000);
	});

	it('cuts a pause short as an acceptance would, until a late rejection corrects it', () => {
		const story = new Story();
		const early = story.leave(0);
		for (const at of [50_000, 52_200]) story.rejected(at);
		expect(story.pauseEnd()).toBe(52_300 + 4_000);
		story.rejected(56_300);
		expect(story.pauseEnd()).toBe(WINDOW);
		story.limiter.reject(early, 57_000, { status: 429 });

		expect(story.pauseEnd()).toBe(56_400 + 22_000);
	});

	it('starts nothing anew until it is answered: a late acceptance does', () => {
		const { story, probe } = silent(160);
		story.limiter.accept(probe);

		expect(story.limiter.drySince).toBeUndefined();
		expect(story.limiter.rejections).toBe(0);
		expect(story.mayLeave(1_000_100)).toBe(true);
	});

	it('a late acceptance of an earlier round makes the pauses short again', () => {
		const story = new Story().rejected(0).rejected(30_000);
		const probe = story.leave(60_000);
		const next = story.leave(60_500);
		story.limiter.reject(probe, 60_600, { status: 429 });
		story.limiter.accept(next);

		expect(story.pauseEnd()).toBe(60_600 + 2_000);
	});
});

describe('A full minute', () => {
	/** Two images a minute: two at 0 seconds, the rejections last until they leave the window. */
	function full() {
		const story = new Story().accepted(0).accepted(0).rejected(0);
		for (const at of [2_100, 6_200, 14_300, 36_400, 58_500]) story.rejected(at);
		expect(story.pauseEnd()).toBe(WINDOW);
		return story;
	}

	it('fills up again after the pause', () => {
		const story = full().accepted(WINDOW);
		expect(story.mayLeave(WINDOW + 100, 2)).toBe(false);

		expect(story.mayLeave(WINDOW + 100)).toBe(true);
	});

	it('is not tried beyond', () => {
		const story = full()
			.accepted(WINDOW)
			.accepted(WINDOW + 100);

		expect(story.limiter.departureTime(WINDOW + 10_000, 1)).toBe(2 * WINDOW);
	});

	it('except once a minute, whether there is more', () => {
		const story = full()
			.accepted(WINDOW)
			.accepted(WINDOW + 100);
		const minuteLater = 58_600 + WINDOW;
		expect(story.mayLeave(minuteLater - 1)).toBe(false);
		expect(story.mayLeave(minuteLater)).toBe(true);
		story.rejected(minuteLater);

		expect(story.mayLeave(minuteLater + 100)).toBe(false);
	});

	it('holds back nothing that never fitted', () => {
		const story = new Story().accepted(0).rejected(0);
		for (const at of [2_100, 6_200, 14_300, 36_400, 58_500]) story.rejected(at);
		story.limiter.forget(story.leave(WINDOW));

		expect(story.mayLeave(WINDOW, 4)).toBe(true);
	});

	it('gives room as soon as its oldest image leaves', () => {
		const story = full()
			.accepted(WINDOW)
			.accepted(WINDOW + 100);

		expect(story.mayLeave(2 * WINDOW)).toBe(true);
	});
});

describe('Other requests of a closed round', () => {
	it.each([
		['as quick', 150],
		['in the pause', 1_000],
		['after it', 9_000],
	])('lengthen nothing when they are rejected too: %s', (_name, answeredAt) => {
		const story = new Story();
		const others = [story.leave(0), story.leave(0)];
		story.rejected(0);
		for (const other of others) story.limiter.reject(other, answeredAt, { status: 429 });

		expect(story.pauseEnd()).toBe(2_100);
		expect(story.limiter.rejections).toBe(3);
		expect(story.limiter.lastRejectedAt).toBe(answeredAt);
	});
});

describe('A request that does not wait', () => {
	it('is nothing new when it is rejected in a pause', () => {
		const story = new Story().rejected(0);
		const early = story.limiter.depart(1_000, 1, true);
		story.limiter.reject(early, 1_100, { status: 429 });

		expect(story.pauseEnd()).toBe(2_100);
		expect(story.limiter).toMatchObject({ rejections: 2, lastRejectedAt: 1_100 });
	});

	it('is not the one that goes ahead after the pause', () => {
		const story = new Story().rejected(0);
		story.limiter.depart(1_000, 1, true);

		expect(story.mayLeave(2_100)).toBe(true);
	});

	it.each([
		['before the first rejection', (story: Story) => story, 0],
		['after the pause', (story: Story) => story.rejected(0), 2_100],
	])('begins a pause like any other: %s', (_name, prepare, leftAt) => {
		const story = prepare(new Story().accepted(0));
		const { limiter } = story;
		limiter.reject(limiter.depart(leftAt, 1, true), leftAt + 100, { status: 429 });

		expect(story.pauseEnd()).toBeGreaterThanOrEqual(leftAt + 100 + 2_000);
	});
});

describe('Whether it is presumed that requests are accepted again', () => {
	const dry = () => new Story().rejected(0);

	it('is so once one of the dry spell is silent for long enough, until it is answered', () => {
		const story = dry();
		const probe = story.leave(2_100);
		const at = [2_100, 2_599, 2_600, 90_000].map((now) => story.limiter.isPresumedAccepting(now));
		expect(at).toStrictEqual([false, false, true, true]);
		story.limiter.reject(probe, 90_000, { status: 429 });

		expect(story.limiter.isPresumedAccepting(90_001)).toBe(false);
	});

	it('is so although another one was rejected meanwhile', () => {
		const story = dry();
		story.leave(2_100);
		story.rejected(2_700);

		expect(story.limiter.isPresumedAccepting(2_800)).toBe(true);
	});

	it.each([
		['nothing has left', () => dry()],
		[
			'it was sent before the dry spell',
			() => {
				const story = new Story();
				story.leave(0);
				return story.rejected(10);
			},
		],
		[
			'nothing was rejected',
			() => {
				const story = new Story();
				story.leave(0);
				return story;
			},
		],
	])('is not so if %s', (_name, prepare) => {
		expect(prepare().limiter.isPresumedAccepting(100_000)).toBe(false);
	});
});

describe('What is told about a dry spell', () => {
	it('is not over with what was sent before it', () => {
		const story = new Story();
		const slow = story.leave(0);
		story.rejected(1_000);
		story.limiter.accept(slow);

		expect(story.limiter).toMatchObject({ drySince: 1_000, rejections: 1 });
	});

	it('is over with what was sent together with the first that was rejected', () => {
		const story = new Story();
		const one = story.leave(1_000);
		story.rejected(1_000);
		story.limiter.accept(one);

		expect(story.limiter).toMatchObject({ drySince: undefined, rejections: 0 });
	});

	it('begins when the first rejected request left, and counts every rejection', () => {
		const { limiter } = new Story().accepted(0).rejected(1_000).rejected(3_100);

		expect(limiter).toMatchObject({ drySince: 1_000, rejections: 2, lastRejectedAt: 3_200 });
	});

	it('is over with an acceptance, and the next one begins by itself', () => {
		const { limiter } = new Story().rejected(0).accepted(5_000);
		expect(limiter).toMatchObject({ drySince: undefined, rejections: 0 });
		limiter.reject(limiter.depart(6_000, 1), 6_100, { status: 429 });

		expect(limiter).toMatchObject({ drySince: 6_000, rejections: 1 });
	});
});

describe('A dry spell in which nobody has tried for two minutes', () => {
	it.each([
		['not yet', 2 * WINDOW + 100, { drySince: 0, rejections: 2 }],
		['over', 2 * WINDOW + 101, { drySince: 2 * WINDOW + 101, rejections: 1 }],
	])('is over with the next rejection: %s', (_name, leftAt, expected) => {
		expect(new Story().rejected(0).rejected(leftAt).limiter).toMatchObject(expected);
	});

	it('lets the pause of more than a minute be made again', () => {
		const story = new Story().rejected(0).rejected(60_000).rejected(122_000);
		expect(story.pauses(1)).toStrictEqual([61_000]);
		for (const at of [500_000, 560_000, 622_000]) story.rejected(at);

		expect(story.pauses(1)).toStrictEqual([61_000]);
	});

	it('goes on if it was a Retry-After that all have waited for', () => {
		const story = new Story().rejected(0, { retryAfterMs: 300_000 }).rejected(300_100);

		expect(story.limiter).toMatchObject({ drySince: 0, rejections: 2 });
	});
});

describe('A request that says nothing about the limit', () => {
	it('is forgotten, and the next one goes ahead', () => {
		const story = new Story().rejected(0);
		const probe = story.leave(2_100);
		expect(story.mayLeave(2_200)).toBe(false);
		story.limiter.forget(probe);

		expect(story.mayLeave(2_200)).toBe(true);
		expect(story.limiter.drySince).toBe(0);
	});

	it('is no acceptance of the round that it left in', () => {
		const story = new Story();
		const silent = story.leave(0);
		story.rejected(0).rejected(2_100);
		expect(story.pauseEnd()).toBe(2_200 + 4_000);
		story.limiter.forget(silent);

		expect(story.pauseEnd()).toBe(2_200 + 22_000);
	});

	it('is not counted among the images that follow a pause', () => {
		const story = new Story().accepted(0, 3).rejected(0).accepted(2_100);
		const silent = story.leave(2_200, 2);
		expect(story.mayLeave(2_300)).toBe(false);
		story.limiter.forget(silent);

		expect(story.mayLeave(2_300, 2)).toBe(true);
	});
});

describe('Images per Minute', () => {
	it.each([
		['no limit', 0, [50], 1, -Infinity],
		['nothing left yet', 2, [], 1, -Infinity],
		['room for one more', 2, [0], 1, -Infinity],
		['full: until the oldest leaves', 2, [0, 1_000], 1, WINDOW],
		['full: until as many leave as are needed', 3, [0, 1_000, 2_000], 2, WINDOW + 1_000],
		[
			'a request for more than the limit waits for an empty minute',
			2,
			[0, 1_000],
			4,
			WINDOW + 1_000,
		],
		['and goes alone', 2, [], 4, -Infinity],
	])('%s', (_name, imagesPerMinute, departures, images, expected) => {
		const story = new Story();
		for (const at of departures) story.leave(at);

		expect(story.limiter.paceTime(images, imagesPerMinute)).toBe(expected);
	});

	it('counts images, not requests', () => {
		const story = new Story();
		story.leave(0, 3);
		story.leave(1_000, 2);

		expect(story.limiter.paceTime(1, 6)).toBe(-Infinity);
		expect(story.limiter.paceTime(2, 6)).toBe(WINDOW);
		expect(story.limiter.paceTime(5, 6)).toBe(WINDOW + 1_000);
	});

	it('counts what was rejected or forgotten too, because it left', () => {
		const story = new Story().rejected(0);
		story.limiter.forget(story.leave(1_000));

		expect(story.limiter.paceTime(1, 2)).toBe(WINDOW);
	});

	it('what is older than a minute makes room', () => {
		const story = new Story().accepted(0).accepted(WINDOW);

		expect(story.limiter.paceTime(1, 2)).toBe(-Infinity);
		expect(story.limiter.paceTime(2, 2)).toBe(2 * WINDOW);
	});

	it('is never exceeded in any 60 seconds', () => {
		const request = fc.record({
			afterMs: fc.integer({ min: 0, max: 40_000 }),
			images: fc.integer({ min: 1, max: 4 }),
		});
		const property = (limit: number, requests: Array<{ afterMs: number; images: number }>) => {
			const { limiter } = new Story();
			const left: Array<{ at: number; images: number }> = [];
			let now = 0;
			for (const { afterMs, images } of requests) {
				now = Math.max(now + afterMs, limiter.paceTime(images, limit));
				limiter.depart(now, images);
				left.push({ at: now, images });
				const minute = left.filter(({ at }) => at > now - 60_000);
				const used = minute.reduce((sum, other) => sum + other.images, 0);
				expect(used).toBeLessThanOrEqual(limit);
			}
		};

		fc.assert(fc.property(fc.integer({ min: 4, max: 12 }), fc.array(request), property));
	});
});
