import {
	generateImages,
	type ImageOrder,
	type RequestEnd,
} from '../../../nodes/SiliconFlowImage/execution/generateImages';
import { Batches } from '../../../nodes/SiliconFlowImage/transport/attempt';
import type { NoAnswer } from '../../../nodes/SiliconFlowImage/transport/outcome';
import type { Reply } from '../../../nodes/SiliconFlowImage/transport/postImages';
import {
	deferred,
	REJECTED,
	replyOf,
	stage,
	takeAll,
	type ExecutionOptions,
} from '../../support/queueStage';

type Outcome = Reply | NoAnswer;

const OK = replyOf(200, '{"images":[]}');
const OVERLOAD = replyOf(503, 'Service Unavailable');
const DAILY = replyOf(429, '{"message":"IPD limit reached."}');
const NO_BATCH = replyOf(400, '{"code":20035,"message":"Invalid parameter"}');
const UNREACHABLE: NoAnswer = { kind: 'unreachable', code: 'ENOTFOUND' };
const TIMEOUT: NoAnswer = { kind: 'timeout' };

/** Each request is answered after so many milliseconds. */
const ANSWER_MS = 100;
const SLOTS = 3;
/** Most images that a request asks for. */
const MOST = 4;

interface Given extends ExecutionOptions {
	readonly retryOnTimeout?: boolean;
	/** Images that are wanted. */
	readonly images?: number;
	readonly stopsAtMs?: number;
	readonly load?: () => Promise<number>;
	/** How many images each success brings, the last number over and over; all by default. */
	readonly brings?: number[];
	/** How long an image takes to be stored. */
	readonly storeMs?: number;
}

/** What a job becomes when its requests are answered so, the last one over and over. */
async function generate(outcomes: Array<Outcome | Error>, given: Given = {}, all = stage()) {
	const { images = 1, stopsAtMs = Infinity, brings = [MOST], storeMs = 0 } = given;
	const owner = all.execution('a', { slots: SLOTS, ...given });
	const limit = { queue: all.queue, batches: new Batches() };
	const sends: Array<{ at: number; positions: number[] }> = [];
	const ends: Array<{ end: RequestEnd; positions: number[]; heldSlots: number }> = [];
	let [brought, failed] = [0, false];
	const order: ImageOrder = {
		limit,
		positions: Array.from({ length: images }, (_, position) => position),
		imagesPerRequest: MOST,
		firstPosition: 0,
		retryOnTimeout: given.retryOnTimeout ?? false,
		permitRequest: {
			execution: owner,
			shouldStop: () => failed || all.ms() >= stopsAtMs,
			load: given.load,
		},
		send: async (positions) => {
			sends.push({ at: all.ms(), positions: [...positions] });
			const outcome = outcomes[Math.min(sends.length, outcomes.length) - 1];
			await all.clock.sleep(ANSWER_MS);
			if (outcome instanceof Error) throw outcome;
			return outcome;
		},
		receive: (end, positions) => {
			const free = takeAll(owner);
			for (let n = 0; n < free; n++) owner.slots.release();
			ends.push({ end, positions: [...positions], heldSlots: SLOTS - free });
			const { length } = positions;
			failed ||= outcomeOf(end) !== OK;
			if (failed) return { settled: length, stored: Promise.resolve() };
			const settled = Math.min(length, brings[Math.min(brought++, brings.length - 1)]);
			return { settled, stored: all.clock.sleep(storeMs) };
		},
	};
	await all.clock.run(generateImages(order, all.clock), 3_600_000);
	const [{ end, heldSlots }] = ends;
	const times = sends.map(({ at }) => at);
	const asked = sends.map(({ positions }) => positions);
	return { end, ends, heldSlots, sends, times, asked, owner, limit, endedMs: all.ms() };
}

const outcomeOf = (end: RequestEnd) => (end.kind === 'answer' ? end.outcome : end.kind);

describe('What came, and when it is sent again', () => {
	it.each<[string, Outcome[], number[], Outcome | RequestEnd['kind']]>([
		['a success', [OK], [0], OK],
		['no connection', [UNREACHABLE], [0, 2_100, 6_200], UNREACHABLE],
		['a connection at the third attempt', [UNREACHABLE, UNREACHABLE, OK], [0, 2_100, 6_200], OK],
		['a time-out', [TIMEOUT, OK], [0], TIMEOUT],
		['a limit per day', [DAILY, OK], [0], 'gaveUp'],
		['400 for the number of images, of one', [NO_BATCH, OK], [0], NO_BATCH],
	])('%s', async (_name, outcomes, times, expected) => {
		const { end, times: sentAt, endedMs } = await generate(outcomes);

		expect(sentAt).toStrictEqual(times);
		expect(outcomeOf(end)).toStrictEqual(expected);
		expect(endedMs).toBe(times[times.length - 1] + ANSWER_MS);
	});

	it.each<[string, Outcome[]]>([
		['429', [REJECTED, OK]],
		['429 twice', [REJECTED, REJECTED, OK]],
		['503', [OVERLOAD, OK]],
		['the words of a limit per day, without 429', [{ ...DAILY, status: 503 }, OK]],
	])('%s: after a pause, until it is accepted', async (_name, outcomes) => {
		const { end, times } = await generate(outcomes);

		expect(outcomeOf(end)).toBe(OK);
		expect(times).toHaveLength(outcomes.length);
		times.slice(1).forEach((at, n) => expect(at).toBeGreaterThan(times[n] + ANSWER_MS));
	});

	it.each([REJECTED, OVERLOAD])('Retry-After is followed', async (rejection) => {
		const { times } = await generate([{ ...rejection, retryAfter: '7' }, OK]);

		expect(times).toStrictEqual([0, 7_100]);
	});

	const ambiguous: Outcome[] = [
		TIMEOUT,
		{ kind: 'cut', code: 'ECONNRESET' },
		replyOf(408),
		replyOf(500),
		replyOf(502),
		replyOf(504),
		replyOf(599),
	];
	it.each(ambiguous)('may have been served: %j is repeated only if wanted', async (outcome) => {
		const without = await generate([outcome]);
		const wanted = await generate([outcome], { retryOnTimeout: true });

		expect(without.times).toStrictEqual([0]);
		expect(wanted.times).toStrictEqual([0, 2_100, 6_200, 14_300]);
		expect(outcomeOf(wanted.end)).toStrictEqual(outcome);
	});

	const final: Outcome[] = [
		replyOf(204),
		replyOf(302),
		replyOf(400),
		replyOf(401),
		replyOf(403),
		replyOf(404),
		replyOf(413),
		replyOf(422),
		{ kind: 'tooLarge', limit: '8 MB' },
		{ kind: 'cancelled' },
	];
	it.each(final)('%j is final, whatever is wanted', async (outcome) => {
		const { end, times } = await generate([outcome], { retryOnTimeout: true });

		expect(times).toStrictEqual([0]);
		expect(outcomeOf(end)).toStrictEqual(outcome);
	});

	it('each kind has its own count and its own waits', async () => {
		const outcomes = [UNREACHABLE, TIMEOUT, TIMEOUT, UNREACHABLE, TIMEOUT, UNREACHABLE];
		const { times, end } = await generate(outcomes, { retryOnTimeout: true });

		expect(times).toStrictEqual([0, 2_100, 4_200, 8_300, 12_400, 20_500]);
		expect(outcomeOf(end)).toStrictEqual(UNREACHABLE);
	});

	it('rejections in between are not counted', async () => {
		const { times, end } = await generate([UNREACHABLE, REJECTED, UNREACHABLE, OK]);

		expect(times[3] - times[2]).toBe(4_000 + ANSWER_MS);
		expect(outcomeOf(end)).toBe(OK);
	});
});

describe('Give Up After', () => {
	it('counts from the first attempt, over all of them', async () => {
		const { end, sends, endedMs } = await generate([REJECTED], { giveUpMs: 60_000 });
		const totals = { rejections: sends.length, milliseconds: endedMs };

		expect(endedMs).toBeGreaterThanOrEqual(60_000);
		expect(endedMs).toBeLessThan(61_000);
		const reason = 'deadline';
		expect(end).toMatchObject({ kind: 'gaveUp', reason, reply: REJECTED, totals, askedMs: 0 });
	});

	it('0 ends with the first rejection', async () => {
		const { end, times } = await generate([REJECTED], { giveUpMs: 0 });

		expect(times).toStrictEqual([0]);
		expect(end.kind).toBe('gaveUp');
	});

	it('a Retry-After beyond it ends at once', async () => {
		const long = { ...REJECTED, retryAfter: '601' };
		const { end, times, endedMs } = await generate([long]);

		expect({ times, endedMs }).toStrictEqual({ times: [0], endedMs: ANSWER_MS });
		expect(end).toMatchObject({ kind: 'gaveUp', reason: 'retryAfter', reply: long });
	});

	it('the words of a limit per day count only near the start of a reply', async () => {
		const page = { ...REJECTED, text: `${' '.repeat(4_000)}IPD limit reached` };

		expect((await generate([page, OK])).times).toHaveLength(2);
	});
});

describe('Several images', () => {
	const ALL = [0, 1, 2, 3];

	it.each<[string, Outcome[], number[][]]>([
		['as many in a request as it may ask for', [OK], [ALL]],
		['one by one after 400 because of the number', [NO_BATCH, OK], [ALL, [0], [1], [2], [3]]],
		['one by one after 429', [REJECTED, OK], [ALL, [0], [1], [2], [3]]],
		['together again after 503', [OVERLOAD, OK], [ALL, ALL]],
		['together again after no connection', [UNREACHABLE, OK], [ALL, ALL]],
		['not again after another 400', [replyOf(400, '{"message":"Invalid size"}')], [ALL]],
	])('are requested %s', async (_name, outcomes, positions) => {
		const { asked } = await generate(outcomes, { images: 4 });

		expect(asked).toStrictEqual(positions);
	});

	it('that a reply did not bring are requested again, one by one', async () => {
		const { asked, ends } = await generate([OK], { images: 6, brings: [3, 1] });

		// The second request left before the first reply.
		expect(asked).toStrictEqual([ALL, [4, 5], [3], [5]]);
		expect(ends.map(({ end }) => outcomeOf(end))).toStrictEqual([OK, OK, OK, OK]);
	});

	it('leave at the same time, as far as there are slots', async () => {
		const { asked, times } = await generate([OK], { images: 14 });

		expect(asked.map(({ length }) => length)).toStrictEqual([4, 4, 4, 2]);
		expect(times).toStrictEqual([0, 0, 0, ANSWER_MS]);
	});

	it('hold their slot until they are stored, while others are requested already', async () => {
		const given = { images: 8, slots: 1, storeMs: 5_000 };
		const { times, endedMs } = await generate([OK], given);

		expect(times).toStrictEqual([0, 5_000 + ANSWER_MS]);
		expect(endedMs).toBe(2 * (5_000 + ANSWER_MS));
	});

	it.each<[string, Outcome, number]>([
		['400', NO_BATCH, 1],
		['429', REJECTED, 1],
		['503', OVERLOAD, 4],
	])('what was learned holds for the next request: %s', async (_name, outcome, expected) => {
		const { limit, endedMs } = await generate([outcome, OK], { images: 4 });

		expect(limit.batches.size(4, 4, stage().clock.now() + endedMs)).toBe(expected);
	});

	it.each([
		[true, 400, '{"code":20035,"message":"Invalid parameter"}'],
		[true, 400, '{"code":20012,"message":"batch_size is not supported"}'],
		[true, 400, '{"code":20012,"message":"Batch size must be 1"}'],
		[true, 400, '{"code":20012,"message":"unknown field batchSize"}'],
		[false, 400, '{"code":20012,"message":"Invalid image size"}'],
		[false, 400, 'Bad Request'],
		[false, 422, '{"code":20035,"message":"batch_size"}'],
		[false, 500, '{"code":20035}'],
	])('are refused for their number: %s, %d %s', async (isRefused, status, text) => {
		const { asked } = await generate([replyOf(status, text), OK], { images: 2 });

		expect(asked).toStrictEqual(isRefused ? [[0, 1], [0], [1]] : [[0, 1]]);
	});

	it('that were rejected until the job gives up are told request by request', async () => {
		const given = { images: 3, giveUpMs: 60_000 };
		const singly = await generate([NO_BATCH, REJECTED], given);
		const together = await generate([OVERLOAD], given);

		expect(singly.ends.map(({ positions }) => positions)).toStrictEqual([[0], [1], [2]]);
		expect(together.ends.map(({ positions }) => positions)).toStrictEqual([[0, 1, 2]]);
		for (const { end } of [...singly.ends, ...together.ends]) expect(end.kind).toBe('gaveUp');
	});

	it('that were never requested are not told when others were', async () => {
		const { ends } = await generate([REJECTED], { images: 9, giveUpMs: 60_000, slots: 1 });

		expect(ends.map(({ positions }) => positions)).toStrictEqual([[0], [1, 2, 3]]);
	});

	it('429 to several says so even where nobody waits for another attempt', async () => {
		const { limit, end, endedMs } = await generate([REJECTED], { images: 4, giveUpMs: 0 });

		expect(end.kind).toBe('gaveUp');
		expect(limit.batches.size(4, 4, stage().clock.now() + endedMs)).toBe(1);
	});

	it.each([REJECTED, NO_BATCH])('%j to one image says nothing about batches', async (outcome) => {
		const { limit } = await generate([outcome, OK]);

		expect(limit.batches.size(4, 4, stage().clock.now() + 5_000)).toBe(4);
	});

	it('end with a failure: what is under way is finished, nothing more leaves', async () => {
		const { asked, ends } = await generate([OK, replyOf(400), OK], { images: 40 });

		expect(asked).toHaveLength(SLOTS);
		expect(ends.map(({ end }) => outcomeOf(end))).toStrictEqual([OK, replyOf(400), OK, 'notSent']);
	});
});

describe('What the limiter is told', () => {
	it.each<[number, boolean]>([
		[200, true],
		[201, true],
		[299, true],
		[302, false],
		[400, false],
		[500, false],
	])('after a rejection, %d lets images in again: %s', async (status, isAccepted) => {
		const { owner } = await generate([REJECTED, replyOf(status)]);

		expect(owner.told.resumed).toHaveLength(isAccepted ? 1 : 0);
	});

	it.each<[string, Outcome | Error]>([
		['another answer', replyOf(400)],
		['none', TIMEOUT],
		['what the request throws', new Error('no')],
	])('%s says nothing, so that the next request goes ahead at once', async (_name, outcome) => {
		const all = stage();
		await generate([REJECTED, outcome], {}, all);
		const next = all.ask(all.execution('b'), 0);
		await all.pass();

		expect(next.state).toBe('left');
	});
});

describe('The slot', () => {
	it.each<[string, Array<Outcome | Error>, Given, number]>([
		['a success: held until it is stored', [OK], {}, 1],
		['a final answer: held too', [replyOf(400)], {}, 1],
		['no answer: held too', [TIMEOUT], {}, 1],
		['an acceptance after rejections', [REJECTED, OVERLOAD, OK], {}, 1],
		['single requests after a batch', [NO_BATCH, OK], { images: 4, slots: 1 }, 3],
		['retries', [UNREACHABLE], {}, 1],
		['retries of what may have been served', [TIMEOUT], { retryOnTimeout: true }, 1],
		['a limit per day: held, so that nothing else leaves before it is told', [DAILY], {}, 1],
		['giving up while it waits: free', [REJECTED], { giveUpMs: 10_000 }, 0],
		['giving up at once: held', [REJECTED], { giveUpMs: 0 }, 1],
		['a stop while it waits for a permit: free', [REJECTED], { stopsAtMs: 1_000 }, 0],
		['a stop before the start: free', [OK], { stopsAtMs: 0 }, 0],
		['a stop while it waits to repeat', [UNREACHABLE], { stopsAtMs: 1_000 }, 1],
		['a request that throws: held', [new Error('no')], {}, 1],
		['one that throws after a rejection: held', [REJECTED, new Error('no')], {}, 1],
	])('%s', async (_name, outcomes, given, expected) => {
		const { heldSlots, owner } = await generate(outcomes, given);

		expect(heldSlots).toBe(expected);
		expect(takeAll(owner)).toBe(given.slots ?? SLOTS);
	});
});

describe('A stop', () => {
	it.each<[string, Outcome[], number, Outcome | RequestEnd['kind'], number]>([
		['before the start', [OK], 0, 'notSent', 0],
		['while it waits for a permit', [REJECTED], 1_000, 'notSent', 1],
		['while it waits to repeat: with the last outcome', [UNREACHABLE], 1_000, UNREACHABLE, 1],
	])('%s', async (_name, outcomes, stopsAtMs, expected, requests) => {
		const { end, sends, endedMs } = await generate(outcomes, { stopsAtMs });

		expect(outcomeOf(end)).toStrictEqual(expected);
		expect(sends).toHaveLength(requests);
		expect(endedMs).toBeLessThanOrEqual(stopsAtMs + 1_000);
	});

	it('just when a request may leave: it is not sent', async () => {
		const all = stage();
		const owner = all.execution('a', { slots: 1 });
		let looks = 0;
		const ends: string[] = [];
		await generateImages(
			{
				limit: { queue: all.queue, batches: new Batches() },
				positions: [0],
				imagesPerRequest: 1,
				firstPosition: 0,
				retryOnTimeout: false,
				// The queue looks once, and lets it leave.
				permitRequest: { execution: owner, shouldStop: () => looks++ > 0 },
				send: async () => await Promise.reject(new Error('It was sent')),
				receive: ({ kind }, { length }) => {
					ends.push(kind);
					return { settled: length, stored: Promise.resolve() };
				},
			},
			all.clock,
		);

		expect(ends).toStrictEqual(['notSent']);
		expect(takeAll(owner)).toBe(1);
	});
});

describe('What fails', () => {
	it('what the request throws is handed on', async () => {
		const thrown = new Error('no');

		expect((await generate([REJECTED, thrown])).end).toMatchObject({ kind: 'thrown', thrown });
	});

	it('what loading the input throws is handed on, and nothing is sent', async () => {
		const thrown = new Error('no such file');
		const load = async () => await Promise.reject(thrown);
		const { end, ends, sends, owner } = await generate([OK], { load, images: 3 });

		expect(end).toMatchObject({ kind: 'thrown', thrown });
		// One request for all of them did not leave, so it is told once, of the first.
		expect(ends.map(({ positions }) => positions)).toStrictEqual([[0]]);
		expect(sends).toStrictEqual([]);
		expect(takeAll(owner)).toBe(SLOTS);
	});

	it('the input is loaded for each attempt anew, because nothing is held meanwhile', async () => {
		let loaded = 0;
		await generate([REJECTED, OK], { load: async () => loaded++ });

		expect(loaded).toBe(2);
	});

	it('the job ends only when its images are stored', async () => {
		const all = stage();
		const storing = deferred();
		let isEnded = false;
		void generateImages(
			{
				limit: { queue: all.queue, batches: new Batches() },
				positions: [0],
				imagesPerRequest: 1,
				firstPosition: 0,
				retryOnTimeout: false,
				permitRequest: { execution: all.execution('a'), shouldStop: () => false },
				send: async () => OK,
				receive: () => ({ settled: 1, stored: storing.promise }),
			},
			all.clock,
		).then(() => (isEnded = true));
		await all.pass(1_000);
		expect(isEnded).toBe(false);

		storing.resolve();
		await all.pass();
		expect(isEnded).toBe(true);
	});
});
