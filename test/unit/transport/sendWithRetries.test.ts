import { Batches } from '../../../nodes/SiliconFlowImage/transport/batches';
import type { NoAnswer } from '../../../nodes/SiliconFlowImage/transport/outcome';
import type { Reply } from '../../../nodes/SiliconFlowImage/transport/request';
import {
	sendWithRetries,
	type SendResult,
} from '../../../nodes/SiliconFlowImage/transport/sendWithRetries';
import { REJECTED, replyOf, stage, takeAll, type ExecutionOptions } from '../../support/queueStage';

type Outcome = Reply | NoAnswer;

const OK = replyOf(200, '{"images":[]}');
const OVERLOAD = replyOf(503, 'Service Unavailable');
const DAILY = replyOf(429, '{"message":"IPD limit reached."}');
const NO_BATCH = replyOf(400, '{"code":20035,"message":"Invalid parameter"}');
const UNREACHABLE: NoAnswer = { kind: 'unreachable', code: 'ENOTFOUND' };
const TIMEOUT: NoAnswer = { kind: 'timeout' };

/** Each request is answered after so many milliseconds. */
const ANSWER_MS = 100;

interface Given extends ExecutionOptions {
	readonly retryOnTimeout?: boolean;
	/** Images that are wanted. */
	readonly images?: number;
	readonly stopsAtMs?: number;
	readonly load?: () => Promise<void>;
}

/** What one request becomes with these outcomes, the last one over and over. */
async function send(outcomes: Array<Outcome | Error>, given: Given = {}, all = stage()) {
	const { retryOnTimeout = false, images = 1, stopsAtMs = Infinity, load } = given;
	const owner = all.execution('a', { slots: 3, ...given });
	const limit = { queue: all.queue, batches: new Batches() };
	const sends: Array<{ at: number; images: number }> = [];
	const size = () => limit.batches.size(images, 4, all.clock.now());
	const shouldStop = () => all.ms() >= stopsAtMs;
	const task = {
		limit,
		request: { execution: owner, position: 0, images: size, shouldStop, load },
		retryOnTimeout,
		send: async (count: number) => {
			sends.push({ at: all.ms(), images: count });
			await all.clock.sleep(ANSWER_MS);
			const outcome = outcomes[Math.min(sends.length, outcomes.length) - 1];
			if (outcome instanceof Error) throw outcome;
			return outcome;
		},
	};
	const sent = await all.clock.run(sendWithRetries(task, all.clock), 3_600_000);
	const heldSlots = 3 - takeAll(owner);
	for (let n = heldSlots; n < 3; n++) owner.slots.release();
	sent.release();
	const endedMs = all.ms();
	return { sent, sends, times: sends.map(({ at }) => at), owner, heldSlots, limit, endedMs };
}

const outcomeOf = (sent: SendResult) => (sent.kind === 'answer' ? sent.outcome : sent.kind);

describe('What came, and when it is sent again', () => {
	it.each<[string, Outcome[], number[], Outcome | SendResult['kind']]>([
		['a success', [OK], [0], OK],
		['429: after the pause', [REJECTED, OK], [0, 2_100], OK],
		['429 twice', [REJECTED, REJECTED, OK], [0, 2_100, 24_200], OK],
		['503: after its pause', [OVERLOAD, OK], [0, 1_100], OK],
		['429 with Retry-After', [{ ...REJECTED, retryAfter: '7' }, OK], [0, 7_100], OK],
		['503 with Retry-After', [{ ...OVERLOAD, retryAfter: '7' }, OK], [0, 7_100], OK],
		['a limit per day', [DAILY, OK], [0], 'gaveUp'],
		['the words of one, without 429', [{ ...DAILY, status: 503 }, OK], [0, 1_100], OK],
		['429 after 400 for the number of images', [NO_BATCH, OK], [0], NO_BATCH],
		['no connection', [UNREACHABLE], [0, 2_100, 6_200], UNREACHABLE],
		['a connection at the third attempt', [UNREACHABLE, UNREACHABLE, OK], [0, 2_100, 6_200], OK],
		['a time-out', [TIMEOUT, OK], [0], TIMEOUT],
	])('%s', async (_name, outcomes, times, expected) => {
		const { sent, times: sentAt, endedMs } = await send(outcomes);

		expect(sentAt).toStrictEqual(times);
		expect(outcomeOf(sent)).toStrictEqual(expected);
		expect(endedMs).toBe(times[times.length - 1] + ANSWER_MS);
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
		const [without, wanted] = [
			await send([outcome]),
			await send([outcome], { retryOnTimeout: true }),
		];

		expect(without.times).toStrictEqual([0]);
		expect(wanted.times).toStrictEqual([0, 2_100, 6_200, 14_300]);
		expect(outcomeOf(wanted.sent)).toStrictEqual(outcome);
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
		const { sent, times } = await send([outcome], { retryOnTimeout: true });

		expect(times).toStrictEqual([0]);
		expect(outcomeOf(sent)).toStrictEqual(outcome);
	});

	it('each kind has its own count and its own waits', async () => {
		const outcomes = [UNREACHABLE, TIMEOUT, TIMEOUT, UNREACHABLE, TIMEOUT, UNREACHABLE];
		const { times, sent } = await send(outcomes, { retryOnTimeout: true });

		expect(times).toStrictEqual([0, 2_100, 4_200, 8_300, 12_400, 20_500]);
		expect(outcomeOf(sent)).toStrictEqual(UNREACHABLE);
	});

	it('rejections in between are not counted', async () => {
		const { times } = await send([UNREACHABLE, REJECTED, UNREACHABLE, OK]);

		expect(times).toStrictEqual([0, 2_100, 4_200, 8_300]);
	});
});

describe('Give Up After', () => {
	it('counts from the first attempt, over all of them', async () => {
		const { sent, sends, endedMs } = await send([REJECTED], { giveUpMs: 60_000 });
		const totals = { rejections: sends.length, milliseconds: endedMs };

		expect(endedMs).toBeGreaterThanOrEqual(60_000);
		expect(endedMs).toBeLessThan(60_300);
		const reason = 'deadline';
		expect(sent).toMatchObject({ kind: 'gaveUp', reason, reply: REJECTED, totals, askedMs: 0 });
	});

	it('0 ends with the first rejection', async () => {
		const { sent, times } = await send([REJECTED], { giveUpMs: 0 });

		expect(times).toStrictEqual([0]);
		expect(sent.kind).toBe('gaveUp');
	});

	it('a Retry-After beyond it ends at once', async () => {
		const long = { ...REJECTED, retryAfter: '601' };
		const { sent, times, endedMs } = await send([long]);

		expect({ times, endedMs }).toStrictEqual({ times: [0], endedMs: ANSWER_MS });
		expect(sent).toMatchObject({ kind: 'gaveUp', reason: 'retryAfter', reply: long });
	});

	it('the words of a limit per day count only near the start of a reply', async () => {
		const page = { ...REJECTED, text: `${' '.repeat(4_000)}IPD limit reached` };

		expect((await send([page, OK])).times).toStrictEqual([0, 2_100]);
	});
});

describe('Requests with several images', () => {
	it.each<[string, Outcome[], number[], number[]]>([
		['a success', [OK], [4], [0]],
		['400 because of the number', [NO_BATCH, OK], [4, 1], [0, 100]],
		['429', [REJECTED, OK], [4, 1], [0, 2_100]],
		['503', [OVERLOAD, OK], [4, 4], [0, 1_100]],
		['400 for another reason', [replyOf(400, '{"message":"Invalid size"}')], [4], [0]],
		['no connection', [UNREACHABLE, OK], [4, 4], [0, 2_100]],
	])('%s', async (_name, outcomes, images, times) => {
		const { sends } = await send(outcomes, { images: 4 });

		expect(sends).toStrictEqual(times.map((at, n) => ({ at, images: images[n] })));
	});

	it.each<[string, Outcome, number]>([
		['400', NO_BATCH, 1],
		['429', REJECTED, 1],
		['503', OVERLOAD, 4],
	])('what was learned holds for the next request: %s', async (_name, outcome, expected) => {
		const { limit, endedMs } = await send([outcome, OK], { images: 4 });

		expect(limit.batches.size(4, 4, stage().clock.now() + endedMs)).toBe(expected);
	});

	it('429 with one image says nothing about batches', async () => {
		const { limit } = await send([REJECTED, OK]);

		expect(limit.batches.size(4, 4, stage().clock.now() + 5_000)).toBe(4);
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
		const { owner } = await send([REJECTED, replyOf(status)]);

		expect(owner.told.resumed).toHaveLength(isAccepted ? 1 : 0);
	});

	it.each<[string, Outcome]>([
		['another answer', replyOf(400)],
		['none', TIMEOUT],
	])('%s says nothing, so that the next request goes ahead at once', async (_name, outcome) => {
		const all = stage();
		await send([REJECTED, outcome], {}, all);
		const next = all.ask(all.execution('b'), 0);
		await all.pass();

		expect(next.state).toBe('left');
	});
});

describe('The slot', () => {
	it.each<[string, Array<Outcome | Error>, Given, number]>([
		['a success: held until its release', [OK], {}, 1],
		['a final answer: held too', [replyOf(400)], {}, 1],
		['no answer: held too', [TIMEOUT], {}, 1],
		['an acceptance after rejections', [REJECTED, OVERLOAD, OK], {}, 1],
		['single requests after a batch', [NO_BATCH, OK], { images: 4 }, 1],
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
		const { heldSlots, owner } = await send(outcomes, given);

		expect(heldSlots).toBe(expected);
		expect(takeAll(owner)).toBe(3);
	});

	it('is free while it waits for another permit', async () => {
		const all = stage();
		const owner = all.execution('a', { slots: 1 });
		const limit = { queue: all.queue, batches: new Batches() };
		void sendWithRetries(
			{
				limit,
				request: { execution: owner, position: 0, images: () => 1, shouldStop: () => false },
				retryOnTimeout: false,
				send: async () => REJECTED,
			},
			all.clock,
		);
		await all.pass(1_000);

		expect(owner.slots.hasFree).toBe(true);
	});
});

describe('A stop', () => {
	it.each<[string, Outcome[], number, Outcome | SendResult['kind'], number]>([
		['before the start', [OK], 0, 'notSent', 0],
		['while it waits for a permit', [REJECTED], 1_000, 'notSent', 1],
		['while it waits to repeat: with the last outcome', [UNREACHABLE], 1_000, UNREACHABLE, 1],
	])('%s', async (_name, outcomes, stopsAtMs, expected, requests) => {
		const { sent, sends, endedMs } = await send(outcomes, { stopsAtMs });

		expect(outcomeOf(sent)).toStrictEqual(expected);
		expect(sends).toHaveLength(requests);
		expect(endedMs).toBeLessThanOrEqual(stopsAtMs + 100);
	});
});

describe('What fails', () => {
	it('what the request throws is handed on, and says nothing about the limit', async () => {
		const thrown = new Error('no');
		const all = stage();
		const { sent } = await send([REJECTED, thrown], {}, all);
		const next = all.ask(all.execution('b'), 0);
		await all.pass();

		expect(sent).toMatchObject({ kind: 'thrown', thrown });
		expect(next.state).toBe('left');
	});

	it('what loading the input throws is handed on, and nothing is sent', async () => {
		const thrown = new Error('no such file');
		const load = async () => await Promise.reject(thrown);
		const { sent, sends, owner } = await send([OK], { load });

		expect(sent).toMatchObject({ kind: 'thrown', thrown });
		expect(sends).toStrictEqual([]);
		expect(takeAll(owner)).toBe(3);
	});

	it('what is stopped just when it may leave is not sent', async () => {
		let looks = 0;
		const all = stage();
		const owner = all.execution('a', { slots: 1 });
		const sent = await sendWithRetries(
			{
				limit: { queue: all.queue, batches: new Batches() },
				request: {
					execution: owner,
					position: 0,
					images: () => 1,
					// The queue looks once, and lets it leave.
					shouldStop: () => looks++ > 0,
				},
				retryOnTimeout: false,
				send: async () => await Promise.reject(new Error('It was sent')),
			},
			all.clock,
		);
		expect(sent.kind).toBe('notSent');
		sent.release();

		expect(takeAll(owner)).toBe(1);
	});

	it('the input is loaded for each attempt anew, because nothing is held meanwhile', async () => {
		let loaded = 0;
		await send([REJECTED, OK], { load: async () => void loaded++ });

		expect(loaded).toBe(2);
	});
});
