import {
	deferred,
	MODEL,
	REJECTED,
	replyOf,
	stage,
	takeAll,
	type Asked,
	type ExecutionOptions,
} from '../../support/queueStage';

const HOUR = 3_600_000;
const DAILY = replyOf(429, '{"message":"IPD limit reached."}');
const rateLimit = { status: 429 };
const lasting = { status: 429, isLasting: true };

const states = (...asked: Asked[]) => asked.map(({ state }) => state);

/** The pause ends, and each request is accepted as soon as it has left. */
async function acceptAll({ pass }: ReturnType<typeof stage>, asked: Asked[]) {
	await pass(2_000);
	const accepted = new Set<Asked>();
	for (;;) {
		const next = asked.find((one) => one.state === 'left' && !accepted.has(one));
		if (!next) return;
		accepted.add(next);
		next.permit?.accepted();
		next.permit?.release();
		await pass();
	}
}

describe('While nothing was rejected', () => {
	it('all leave at once, in the order in which they asked', async () => {
		const { ask, execution, left, pass } = stage();
		const [a, b] = [execution('a'), execution('b')];
		for (let n = 0; n < 3; n++) for (const each of [a, b]) ask(each, n);
		await pass();

		expect(left).toStrictEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
	});

	it('an execution has as many under way as it has slots, and hinders no other', async () => {
		const { ask, execution, left, pass } = stage();
		const [a, b] = [execution('a', { slots: 2 }), execution('b', { slots: 1 })];
		const first = ask(a, 0);
		for (let n = 1; n < 5; n++) ask(a, n);
		for (let n = 0; n < 2; n++) ask(b, n);
		await pass(5_000);
		expect(left).toStrictEqual(['a0', 'a1', 'b0']);
		first.permit?.release();
		await pass();

		expect(left).toStrictEqual(['a0', 'a1', 'b0', 'a2']);
	});

	it('an answer frees no slot, only a release does', async () => {
		const { ask, execution, pass } = stage();
		const a = execution('a', { slots: 3 });
		const asked = [0, 1, 2, 3].map((n) => ask(a, n));
		await pass();
		asked[0].permit?.accepted();
		asked[1].permit?.inconclusive();
		asked[2].permit?.rejected(REJECTED, rateLimit);
		await pass(10_000);

		expect(asked[3].state).toBe('waits');
	});

	it('how many images it asks for is looked at when it leaves', async () => {
		const { ask, execution, pass, leaving } = stage();
		const a = execution('a', { slots: 1 });
		const first = await leaving(ask(a, 0));
		let images = 4;
		const second = ask(a, 1, { images: () => images });
		await pass(500);
		images = 2;
		first.permit.release();
		await pass();

		expect(second.permit?.images).toBe(2);
	});

	it('Images per Minute holds for all executions together, and counts images', async () => {
		const { ask, execution, left, pass } = stage();
		const [a, b] = [execution('a', { imagesPerMinute: 4 }), execution('b', { imagesPerMinute: 4 })];
		ask(a, 0, { images: () => 2 });
		ask(b, 0);
		ask(a, 1, { images: () => 2 });
		ask(b, 1);
		await pass(60_400);
		expect(left).toStrictEqual(['a0', 'b0', 'b1']);
		await pass(100);

		expect(left).toStrictEqual(['a0', 'b0', 'b1', 'a1']);
	});

	it('an execution without a limit of its own does not wait for the pace of another', async () => {
		const { ask, execution, left, pass } = stage();
		const [a, b] = [execution('a', { imagesPerMinute: 1 }), execution('b')];
		for (let n = 0; n < 2; n++) for (const each of [a, b]) ask(each, n);
		await pass(10_000);

		expect(left).toStrictEqual(['a0', 'b0', 'b1']);
	});
});

describe('Turns', () => {
	it('executions take turns, so that one image does not wait behind a hundred', async () => {
		const all = stage();
		await all.block();
		const [a, b, c] = ['a', 'b', 'c'].map((name) => all.execution(name));
		const asked = [0, 1, 2, 3].map((n) => all.ask(a, n));
		asked.push(all.ask(b, 0), all.ask(c, 0), all.ask(c, 1));
		await acceptAll(all, asked);

		expect(all.left).toStrictEqual(['a0', 'b0', 'c0', 'a1', 'c1', 'a2', 'a3']);
	});

	it('within an execution the order of positions holds, whoever asked first', async () => {
		const all = stage();
		await all.block();
		const a = all.execution('a');
		await acceptAll(
			all,
			[3, 1, 2, 0].map((n) => all.ask(a, n)),
		);

		expect(all.left).toStrictEqual(['a0', 'a1', 'a2', 'a3']);
	});

	it('a request that was rejected goes back to its place, and its execution to the end', async () => {
		const all = stage();
		await all.block();
		const [a, b] = [all.execution('a'), all.execution('b')];
		const asked = [all.ask(a, 0), all.ask(a, 1), all.ask(b, 0)];
		await all.pass(2_000);
		asked[0].permit?.rejected(REJECTED, rateLimit);
		asked[0].permit?.release();
		asked[0] = all.ask(a, 0);
		await all.pass(30_000);
		await acceptAll(all, asked);

		expect(all.left).toStrictEqual(['a0', 'b0', 'a0', 'a1']);
	});

	it.each<[string, ExecutionOptions]>([
		['without a free slot', { slots: 1 }],
		['that has to wait for its pace', { imagesPerMinute: 1 }],
	])('an execution %s lets the others pass', async (_name, options) => {
		const { ask, execution, left, pass } = stage();
		const [a, b] = [execution('a', options), execution('b')];
		for (const n of [0, 1]) ask(a, n);
		await pass();
		for (const n of [0, 1]) ask(b, n);
		await pass();

		expect(left).toStrictEqual(['a0', 'b0', 'b1']);
	});

	it('within an execution nobody passes one that waits for its pace', async () => {
		const { ask, execution, left, pass } = stage();
		const a = execution('a', { imagesPerMinute: 4 });
		ask(a, 0);
		ask(a, 1, { images: () => 4 });
		ask(a, 2);
		await pass(60_000);
		expect(left).toStrictEqual(['a0']);
		await pass(500);

		expect(left).toStrictEqual(['a0', 'a1']);
	});
});

describe('After a rejection', () => {
	it('all executions pause, then one request goes ahead, and the next with its acceptance', async () => {
		const { block, ask, execution, left, pass } = stage();
		await block();
		const first = ask(execution('a'), 0);
		ask(execution('b'), 0);
		await pass(1_900);
		expect(left).toStrictEqual([]);
		await pass(100);
		expect(left).toStrictEqual(['a0']);
		await pass(100);
		expect(left).toStrictEqual(['a0']);
		first.permit?.accepted();
		await pass();

		expect(left).toStrictEqual(['a0', 'b0']);
	});

	it('the next goes ahead at once after one that says nothing', async () => {
		const { block, ask, execution, left, pass } = stage();
		await block();
		const first = ask(execution('a'), 0);
		ask(execution('b'), 0);
		await pass(2_000);
		first.permit?.inconclusive();
		await pass();

		expect(left).toStrictEqual(['a0', 'b0']);
	});

	it('a request with several images does not leave into a minute that has room for one', async () => {
		const { ask, execution, pass } = stage();
		const a = execution('a');
		const first = [0, 1, 2].map((n) => ask(a, n));
		await pass();
		for (const { permit } of first.slice(1)) permit?.accepted();
		first[0].permit?.rejected(REJECTED, rateLimit);
		const probe = ask(a, 3);
		const [two, one] = [ask(a, 4, { images: () => 2 }), ask(execution('b'), 0)];
		await pass(2_000);
		probe.permit?.accepted();
		await pass();

		expect(states(two, one)).toStrictEqual(['waits', 'left']);
	});

	it('the execution is told of its rejections, and of its first acceptance with what it took', async () => {
		const { block, ask, execution, pass } = stage();
		await block();
		const [a, b] = [execution('a'), execution('b')];
		const first = ask(a, 0);
		await pass(2_000);
		first.permit?.rejected(REJECTED, rateLimit);
		const second = ask(b, 0);
		await pass(22_000);
		second.permit?.accepted();
		const third = ask(b, 1);
		await pass(1_000);
		third.permit?.accepted();

		expect(a.told).toMatchObject({ rejected: [{ model: MODEL, status: 429 }], resumed: [] });
		const resumed = [{ model: MODEL, rejections: 2, milliseconds: 24_000 }];
		expect(b.told).toMatchObject({ rejected: [], resumed });
	});
});

describe('An acceptance of what was sent before the rejection', () => {
	it('is not told as the first again', async () => {
		const { block, ask, execution, pass, leaving } = stage();
		const [a, b] = [execution('a'), execution('b')];
		const early = await leaving(ask(a, 0));
		await pass(1_000);
		await block();
		early.permit.accepted();
		const probe = ask(b, 0);
		await pass(2_000);
		probe.permit?.accepted();

		expect([a.told.resumed.length, b.told.resumed.length]).toStrictEqual([0, 1]);
	});
});

describe('A request that is no longer wanted', () => {
	it('ends as soon if it is not the next of its execution', async () => {
		const { block, ask, execution, pass } = stage();
		await block();
		const a = execution('a');
		const [one, two] = [ask(a, 0), ask(a, 1)];
		await pass(450);
		two.stop();
		await pass(100);

		expect(states(one, two)).toStrictEqual(['waits', 'notSent']);
	});

	it('does not leave, even if nothing waits', async () => {
		const { ask, execution, leaving } = stage();
		const a = execution('a', { slots: 1 });
		const asked = ask(a, 0, { shouldStop: () => true });

		await expect(leaving(asked)).rejects.toThrow('a0 has not left: notSent');
		expect(takeAll(a)).toBe(1);
	});

	it('ends within half a second, and the others stay', async () => {
		const { block, ask, execution, pass } = stage();
		await block();
		const [one, two] = [ask(execution('a'), 0), ask(execution('a'), 1)];
		await pass(450);
		one.stop();
		await pass(100);

		expect(states(one, two)).toStrictEqual(['notSent', 'waits']);
		expect(one.endedMs).toBeLessThanOrEqual(550);
	});

	it('while it loads, it ends too, and gives its slot back once', async () => {
		const { ask, execution, pass } = stage();
		const a = execution('a', { slots: 3 });
		const loading = [deferred(), deferred()];
		const asked = loading.map(({ promise }, n) => ask(a, n, { load: async () => await promise }));
		await pass();
		for (const one of asked) one.stop();
		await pass(500);
		expect(states(...asked)).toStrictEqual(['notSent', 'notSent']);
		loading[0].resolve();
		loading[1].reject(new Error('too late'));
		await pass(1_000);

		expect(states(...asked)).toStrictEqual(['notSent', 'notSent']);
		expect(takeAll(a)).toBe(3);
	});

	it('once it has loaded and waits out a pause, it ends too', async () => {
		const { ask, execution, pass, block } = stage();
		const a = execution('a', { slots: 1 });
		const loading = deferred();
		const asked = ask(a, 0, { load: async () => await loading.promise });
		await block();
		loading.resolve();
		await pass(500);
		expect(asked.state).toBe('waits');
		asked.stop();
		await pass(500);

		expect(asked.state).toBe('notSent');
		expect(takeAll(a)).toBe(1);
	});

	it('is not told that it gave up', async () => {
		const { block, ask, execution, pass } = stage();
		const asked = ask(execution('a', { slots: 0 }), 0);
		asked.stop();
		await block({ isLasting: true });
		await pass(100);

		expect(asked.state).toBe('notSent');
	});
});

describe('A limit that no wait helps against', () => {
	/** One request of each execution under way and three waiting; then the limit is met. */
	async function close() {
		const all = stage();
		const executions = ['a', 'b', 'c'].map((name) => all.execution(name, { slots: 1 }));
		const asked = executions.map((owner) => [0, 1, 2, 3].map((n) => all.ask(owner, n)));
		await all.pass(1_000);
		const [{ permit }] = asked[0];
		const result = permit?.rejected(DAILY, lasting);
		permit?.release();
		await all.pass();
		return { ...all, executions, asked, result };
	}

	it('ends all that wait, in every execution, at once', async () => {
		const { asked, result, ms } = await close();
		const waiting = asked.flatMap((own) => own.slice(1));

		expect(new Set(states(...waiting))).toStrictEqual(new Set(['gaveUp']));
		expect(new Set(waiting.map(({ endedMs }) => endedMs))).toStrictEqual(new Set([1_000]));
		expect(ms()).toBe(1_000);
		const totals = { rejections: 1, milliseconds: 1_000 };
		const told = { kind: 'gaveUp', reason: 'dailyLimit', reply: DAILY, totals, askedMs: 0 };
		expect(result).toStrictEqual(told);
		expect(asked[0][1].denial).toStrictEqual(told);
		expect(asked[1][1].denial).toStrictEqual({ ...told, reply: replyOf(429) });
	});

	it('leaves alone what is under way', async () => {
		const { asked } = await close();

		expect(asked[1][0].state).toBe('left');
	});

	it('ends what the same executions ask for later, without a request', async () => {
		const { ask, executions, pass } = await close();
		await pass(30_000);
		const later = ask(executions[1], 9);
		await pass();

		expect(later).toMatchObject({ state: 'gaveUp', endedMs: 31_000 });
	});

	it('ends what loads and what has loaded, and each slot is given back once', async () => {
		const { ask, execution, pass } = stage();
		const a = execution('a', { slots: 5 });
		const [slow, late] = [deferred(), deferred()];
		const under = ask(execution('b'), 0);
		const asked = [slow, late].map(({ promise }, n) =>
			ask(a, n, { load: async () => await promise }),
		);
		await pass();
		under.permit?.rejected(REJECTED, rateLimit);
		slow.resolve();
		await pass(100);
		under.permit?.rejected(DAILY, lasting);
		await pass(500);
		expect(states(...asked)).toStrictEqual(['gaveUp', 'gaveUp']);
		late.resolve();
		await pass(100);

		expect(takeAll(a)).toBe(5);
	});

	it('the next execution may ask once, and all of it is told', async () => {
		const { ask, execution, left, pass } = await close();
		left.length = 0;
		await pass(1);
		const d = execution('d');
		const asked = [0, 1, 2].map((n) => ask(d, n));
		await pass(200);
		expect(left).toStrictEqual(['d0']);
		asked[0].permit?.rejected(DAILY, lasting);
		await pass();

		expect(states(...asked)).toStrictEqual(['left', 'gaveUp', 'gaveUp']);
	});

	it('an execution that began in the same millisecond is one of those', async () => {
		const { ask, execution, pass } = await close();
		const asked = ask(execution('d'), 0);
		await pass();

		expect(asked.state).toBe('gaveUp');
	});

	it('if the next execution is let in, it goes on', async () => {
		const { ask, execution, pass } = await close();
		await pass(1);
		const d = execution('d');
		const asked = [0, 1].map((n) => ask(d, n));
		await pass();
		asked[0].permit?.accepted();
		await pass();

		expect(states(...asked)).toStrictEqual(['left', 'left']);
	});

	it('is what those executions are told, whatever is rejected later, in words of their own alone', async () => {
		const { ask, execution, executions, pass } = await close();
		await pass(1);
		const probe = ask(execution('d'), 0);
		await pass();
		probe.permit?.rejected(REJECTED, rateLimit);
		const [own, other] = [ask(executions[0], 9), ask(executions[1], 9)];
		await pass();

		expect(own.denial).toMatchObject({ reason: 'dailyLimit', reply: DAILY });
		expect(other.denial).toMatchObject({ reason: 'dailyLimit', reply: replyOf(429) });
	});

	it('a rejection that is not lasting ends nothing', async () => {
		const { block, ask, execution, pass } = stage();
		const asked = ask(execution('a', { slots: 0 }), 0);
		await block();
		await pass(100);

		expect(asked.state).toBe('waits');
	});
});

describe('Give Up After', () => {
	/** A request is rejected until it gives up, except for once where it is accepted, from a time on. */
	async function rejectAll(
		all: ReturnType<typeof stage>,
		giveUpMs: number,
		acceptFromMs = Infinity,
	) {
		const owner = all.execution('a', { giveUpMs });
		const queuedAt = all.clock.now();
		let [acceptedMs, lastMs] = [NaN, NaN];
		for (let tries = 0; ; tries++) {
			const asked = all.ask(owner, 0, { queuedAt });
			while (asked.state === 'waits' && all.ms() < HOUR) await all.pass(100);
			expect(all.ms()).toBeLessThan(HOUR);
			if (asked.state !== 'left') return { asked, tries, acceptedMs, lastMs };
			lastMs = asked.endedMs;
			if (all.ms() >= acceptFromMs && Number.isNaN(acceptedMs)) {
				acceptedMs = all.ms();
				asked.permit?.accepted();
			} else asked.permit?.rejected(REJECTED, rateLimit);
			asked.permit?.release();
		}
	}

	it('ends a request with the first rejection at the bound, which is used to the end', async () => {
		const all = stage();
		const { asked, tries, lastMs } = await rejectAll(all, 60_000);

		expect(asked.state).toBe('gaveUp');
		expect(lastMs).toBeGreaterThanOrEqual(60_000);
		expect(asked.endedMs).toBeGreaterThanOrEqual(60_000);
		expect(asked.endedMs).toBeLessThanOrEqual(61_000);
		const totals = { rejections: tries, milliseconds: asked.endedMs };
		expect(asked.denial).toStrictEqual({
			kind: 'gaveUp',
			reason: 'deadline',
			reply: REJECTED,
			totals,
			askedMs: 0,
		});
	});

	it.each([[60_000], [600_000]])('tries on until then: %d ms', async (giveUpMs) => {
		const { tries } = await rejectAll(stage(), giveUpMs);

		expect(tries).toBeGreaterThan(3);
		expect(tries).toBeLessThan(25);
	});

	it('counts for each request from its own start', async () => {
		const all = stage();
		await rejectAll(all, 60_000);
		const { asked } = await rejectAll(all, 60_000);

		expect(asked.endedMs).toBeGreaterThanOrEqual(120_000);
		expect(asked.endedMs).toBeLessThan(121_500);
	});

	it('counts anew with each acceptance', async () => {
		const { asked, acceptedMs } = await rejectAll(stage(), 60_000, 40_000);

		expect(acceptedMs).toBeGreaterThanOrEqual(40_000);
		expect(asked.endedMs - acceptedMs).toBeGreaterThanOrEqual(60_000);
		expect(asked.endedMs - acceptedMs).toBeLessThanOrEqual(61_000);
	});

	it('is of each execution: one that is more patient stays', async () => {
		const all = stage();
		await all.block();
		const patient = all.ask(all.execution('b', { slots: 0 }), 0);
		const { asked } = await rejectAll(all, 10_000);

		expect(states(asked, patient)).toStrictEqual(['gaveUp', 'waits']);
	});

	it('is held open by a request without an answer, for a minute beyond what answers take', async () => {
		const all = stage();
		await all.block();
		const a = all.execution('a', { giveUpMs: 60_000 });
		const hung = all.ask(a, 0);
		const waiting = all.ask(all.execution('b', { giveUpMs: 60_000, slots: 0 }), 0);
		await all.pass(110_000);
		expect(states(hung, waiting)).toStrictEqual(['left', 'waits']);
		await all.pass(25_000);

		expect(states(hung, waiting)).toStrictEqual(['left', 'gaveUp']);
		expect(waiting.endedMs).toBeLessThanOrEqual(135_000);
	});

	it('ends with the rejection of a request that held it open', async () => {
		const all = stage();
		await all.block();
		const hung = all.ask(all.execution('a', { giveUpMs: 60_000 }), 0);
		const waiting = all.ask(all.execution('b', { giveUpMs: 60_000, slots: 0 }), 0);
		await all.pass(70_000);
		expect(waiting.state).toBe('waits');
		hung.permit?.rejected(REJECTED, rateLimit);
		await all.pass(1_000);

		expect(waiting.state).toBe('gaveUp');
	});

	it('ends an edit whose slot is in a hung request to another model', async () => {
		const all = stage();
		const a = all.execution('a', { slots: 1, giveUpMs: 60_000 });
		a.slots.take();
		await all.block();
		const load = async () => await new Promise<void>(() => {});
		const edit = all.ask(a, 0, { load });
		await all.pass(75_000);

		expect(edit.state).toBe('gaveUp');
		expect(edit.endedMs).toBeGreaterThanOrEqual(60_000);
	});

	it('after a suspension, there is one try before anything gives up', async () => {
		const all = stage();
		await all.block();
		const load = async () => await all.clock.sleep(1);
		const asked = [0, 1, 2].map((n) =>
			all.ask(all.execution(`a${n}`, { giveUpMs: 60_000 }), 0, { load }),
		);
		all.clock.suspend(90_000);
		await all.pass(100);
		const left = asked.filter(({ state }) => state === 'left');

		expect(left).toHaveLength(1);
		left[0].permit?.rejected(REJECTED, rateLimit);
		await all.pass(1_000);
		expect(states(...asked).sort()).toStrictEqual(['gaveUp', 'gaveUp', 'left']);
	});

	it('ends an edit whose images hang while they load, half a minute after its bound', async () => {
		const all = stage();
		await all.block();
		const a = all.execution('a', { slots: 1, giveUpMs: 60_000 });
		const unload = jest.fn();
		const load = async () => await new Promise<void>(() => {});
		const edit = all.ask(a, 0, { load, unload });
		await all.pass(89_000);
		expect(edit.state).toBe('waits');
		await all.pass(2_000);

		expect([edit.state, unload.mock.calls.length, takeAll(a)]).toStrictEqual(['gaveUp', 1, 1]);
	});

	it('lets an edit ask once more whose images take long to load', async () => {
		const all = stage();
		await all.block();
		const load = async () => await all.clock.sleep(80_000);
		const edit = all.ask(all.execution('a', { giveUpMs: 60_000 }), 0, { load });
		await all.pass(81_000);

		expect(edit.state).toBe('left');
	});

	it('does not end what waits for the pace or a slot while nothing is rejected', async () => {
		const { ask, execution, pass } = stage();
		const a = execution('a', { slots: 1, giveUpMs: 1_000 });
		const b = execution('b', { imagesPerMinute: 1, giveUpMs: 1_000 });
		const asked = [ask(b, 0), ask(b, 1), ask(a, 0), ask(a, 1)];
		await pass(30_000);

		expect(states(...asked)).toStrictEqual(['left', 'waits', 'left', 'waits']);
	});

	it('a Retry-After beyond the bound ends soon whoever cannot wait so long', async () => {
		const { block, ask, execution, pass } = stage();
		const patient = ask(execution('a', { slots: 0, giveUpMs: 600_000 }), 0);
		const exact = ask(execution('b', { slots: 0, giveUpMs: 300_000 }), 0);
		const hasty = ask(execution('c', { slots: 0, giveUpMs: 299_999 }), 0);
		await block({ retryAfterMs: 300_000 });
		await pass(500);

		expect(states(patient, exact, hasty)).toStrictEqual(['waits', 'waits', 'gaveUp']);
		expect(hasty.denial).toMatchObject({
			reason: 'retryAfter',
			reply: replyOf(429),
			totals: { rejections: 1 },
			askedMs: 299_500,
		});
	});

	it('beyond the bound, one request a minute may still ask, and a success forgets the header', async () => {
		const { block, ask, execution, pass } = stage();
		await block({ retryAfterMs: 20 * HOUR });
		const early = ask(execution('a'), 0);
		await pass(500);
		expect(early.state).toBe('gaveUp');
		await pass(60_000);
		const later = [0, 1].map((n) => ask(execution('b'), n));
		await pass(500);
		expect(states(...later)).toStrictEqual(['left', 'waits']);
		later[0].permit?.accepted();
		await pass(1_000);

		expect(states(...later)).toStrictEqual(['left', 'left']);
	});

	it('a hung request holds the end open for a bounded time in such a pause, too', async () => {
		const all = stage();
		const answered = await all.leaving(all.ask(all.execution('x'), 0));
		await all.pass(5_000);
		answered.permit.accepted();
		const rejected = await all.leaving(all.ask(all.execution('y'), 0));
		const hung = all.ask(all.execution('z'), 0);
		await all.pass();
		rejected.permit.rejected(REJECTED, { status: 429, retryAfterMs: 20 * HOUR });
		const waiting = all.ask(all.execution('b', { giveUpMs: 300_000 }), 0);
		await all.pass(300_000 + 60_000 + 5_000 + 500);

		// It may ask, because nobody has for a minute.
		expect(states(hung, waiting)).toStrictEqual(['left', 'left']);
	});

	it('a Retry-After within the bound is waited for', async () => {
		const { block, ask, execution, pass } = stage();
		await block({ retryAfterMs: 300_000 });
		const asked = ask(execution('a'), 0);
		await pass(299_900);
		expect(asked.state).toBe('waits');
		await pass(100);

		expect(asked.state).toBe('left');
	});
});

describe('Give Up After 0', () => {
	it('does not wait out a pause', async () => {
		const { block, ask, execution, pass } = stage();
		await block();
		const asked = ask(execution('a', { giveUpMs: 0 }), 0);
		await pass();

		expect(asked.state).toBe('left');
	});

	it('passes those that wait it out, whoever came first', async () => {
		const { block, ask, execution, pass, left } = stage();
		await block();
		for (const n of [0, 1]) ask(execution('patient'), n);
		for (const n of [0, 1]) ask(execution('hasty', { giveUpMs: 0 }), n);
		await pass(100);

		expect(left).toStrictEqual(['hasty0', 'hasty1']);
	});

	it('lengthens no pause of others that it did not wait for', async () => {
		const { block, ask, execution, pass, leaving } = stage();
		await block();
		await pass(1_900);
		const { permit } = await leaving(ask(execution('a', { giveUpMs: 0 }), 0));
		permit.rejected(REJECTED, rateLimit);
		const patient = ask(execution('b'), 0);
		await pass(100);

		expect(patient.state).toBe('left');
	});

	it('ends with the first rejection', async () => {
		const { ask, execution, leaving, pass } = stage();
		const { permit } = await leaving(ask(execution('a', { giveUpMs: 0 }), 0));
		await pass(200);

		expect(permit.rejected(REJECTED, rateLimit)).toStrictEqual({
			kind: 'gaveUp',
			reason: 'noWait',
			reply: REJECTED,
			totals: { rejections: 1, milliseconds: 200 },
			askedMs: 0,
		});
	});

	it('with any other, a rejection means another try', async () => {
		const { ask, execution, leaving } = stage();
		const { permit } = await leaving(ask(execution('a', { giveUpMs: 1 }), 0));

		expect(permit.rejected(REJECTED, rateLimit)).toBeUndefined();
	});

	it('still keeps to Images per Minute and to the slots', async () => {
		const { ask, execution, pass } = stage();
		const a = execution('a', { giveUpMs: 0, imagesPerMinute: 1 });
		const b = execution('b', { giveUpMs: 0, slots: 1 });
		const asked = [ask(a, 0), ask(a, 1), ask(b, 0), ask(b, 1)];
		await pass(10_000);

		expect(states(...asked)).toStrictEqual(['left', 'waits', 'left', 'waits']);
	});

	it('those that wait for a slot are not ended by the rejections of others', async () => {
		const { block, ask, execution, pass } = stage();
		const asked = ask(execution('a', { giveUpMs: 0, slots: 0 }), 0);
		await block({ retryAfterMs: 900_000 });
		await pass(1_000);

		expect(asked.state).toBe('waits');
	});

	it('ends with a limit that no wait helps against', async () => {
		const { block, ask, execution, pass } = stage();
		const asked = ask(execution('a', { giveUpMs: 0, slots: 0 }), 0);
		await block({ isLasting: true });
		await pass();

		expect(asked.state).toBe('gaveUp');
	});
});

describe('What a request takes along', () => {
	/** Requests that load until they are told that they have. */
	function loading(all: ReturnType<typeof stage>) {
		const began: string[] = [];
		const ends = new Map<string, ReturnType<typeof deferred>>();
		const askLoading = (...[owner, position, given]: Parameters<typeof all.ask>) => {
			const name = `${owner.name}${position}`;
			const end = deferred();
			ends.set(name, end);
			const load = async () => {
				began.push(name);
				await end.promise;
			};
			return all.ask(owner, position, { load, ...given });
		};
		return { began, ends, askLoading };
	}

	/** In a pause that has two seconds left. */
	async function limited() {
		const all = stage();
		await all.block();
		return { ...all, ...loading(all) };
	}

	function free() {
		const all = stage();
		return { ...all, ...loading(all) };
	}

	it('is loaded once, shortly before it can leave', async () => {
		const { askLoading, ask, execution, began, ends, pass, left } = await limited();
		ask(execution('b', { giveUpMs: 0 }), 0).permit?.rejected(REJECTED, rateLimit);
		askLoading(execution('a'), 0);
		await pass(1_000);
		ends.get('a0')?.resolve();
		await pass(900);
		expect({ began, left }).toStrictEqual({ began: ['a0'], left: ['b0'] });
		await pass(100);

		expect({ began, left }).toStrictEqual({ began: ['a0'], left: ['b0', 'a0'] });
	});

	it('is not loaded long before, and only one is made ready', async () => {
		const { askLoading, execution, began, ends, pass, block } = free();
		await block({ retryAfterMs: 60_000 });
		for (const n of [0, 1, 2]) askLoading(execution(`a${n}`), 0);
		await pass(54_000);
		expect(began).toStrictEqual([]);
		await pass(3_000);
		ends.get('a00')?.resolve();
		await pass(2_900);

		expect(began).toStrictEqual(['a00']);
	});

	it('at the end of a pause one is loaded, and the others when it has left', async () => {
		const { askLoading, execution, began, ends, pass, block, left } = free();
		await block();
		const asked = [0, 1, 2].map((n) => askLoading(execution(`a${n}`), 0));
		await pass(2_900);
		expect({ began, left }).toStrictEqual({ began: ['a00'], left: [] });
		ends.get('a00')?.resolve();
		await pass();
		asked[0].permit?.accepted();
		await pass();

		expect({ began, left }).toStrictEqual({ began: ['a00', 'a10'], left: ['a00'] });
	});

	it('one that hangs while it loads does not keep others from being made ready', async () => {
		const { askLoading, execution, began, ends, pass, block, left } = free();
		await block({ retryAfterMs: 60_000 });
		for (const n of [0, 1, 2]) askLoading(execution(`a${n}`), 0);
		await pass(59_000);
		ends.get('a10')?.resolve();
		await pass(1_000);

		expect({ began, left }).toStrictEqual({ began: ['a00', 'a10', 'a20'], left: ['a10'] });
	});

	it.each([
		['of one execution', 1, 6],
		['of several executions', 6, 1],
	])('no more are loaded than the pace lets leave: requests %s', async (_name, owners, each) => {
		const { askLoading, execution, began, ends, pass, left } = free();
		for (let n = 0; n < owners; n++) {
			const owner = execution(`e${n}`, { imagesPerMinute: 2 });
			for (let position = 0; position < each; position++) askLoading(owner, position);
		}
		for (let second = 0; second < 130; second++) {
			await pass(1_000);
			for (const name of began) ends.get(name)?.resolve();
		}

		expect(left).toHaveLength(6);
		expect(began).toStrictEqual(left);
	});

	it('a place in the pace is not lost with a request that could not be loaded', async () => {
		const { askLoading, ask, execution, began, ends, pass } = free();
		const owner = execution('a', { imagesPerMinute: 2 });
		ask(owner, 0);
		await pass(10_000);
		for (const position of [1, 2]) askLoading(owner, position);
		await pass(100);
		expect(began).toStrictEqual(['a1']);
		ends.get('a1')?.reject(new Error('no such file'));
		await pass();

		expect(began).toStrictEqual(['a1', 'a2']);
	});

	it('what takes long to load begins sooner the next time', async () => {
		const { ask, execution, pass, block, clock, ms } = free();
		const began: number[] = [];
		const load = async () => {
			began.push(ms());
			await clock.sleep(12_000);
		};
		const unload = jest.fn();
		const asked = ask(execution('a'), 0, { load, unload });
		await pass(100);
		await block({ retryAfterMs: 60_000 });
		await pass(20_000);
		expect([began.length, unload.mock.calls.length, asked.state]).toStrictEqual([1, 1, 'waits']);
		await pass(41_000);

		expect([began.length, asked.state]).toStrictEqual([2, 'left']);
		expect(60_100 - began[1]).toBeGreaterThan(12_000);
	});

	it('is not loaded without a free slot, and holds one while it loads', async () => {
		const { askLoading, ask, execution, began, ends, pass, left } = free();
		const a = execution('a', { slots: 1 });
		askLoading(a, 0);
		ask(a, 1);
		askLoading(a, 2);
		await pass(5_000);
		expect({ began, left }).toStrictEqual({ began: ['a0'], left: [] });
		ends.get('a0')?.resolve();
		await pass();

		expect({ began, left }).toStrictEqual({ began: ['a0'], left: ['a0'] });
	});

	it('requests load together up to a budget of bytes, and the next when there is room', async () => {
		const { askLoading, execution, began, ends, pass, left } = free();
		const bytes = 30 * 1024 * 1024;
		const asked = [0, 1, 2, 3].map((n) => askLoading(execution(`e${n}`), 0, { bytes }));
		await pass(1_000);
		expect(began).toStrictEqual(['e00', 'e10']);
		for (const name of began) ends.get(name)?.resolve();
		await pass();
		expect(left).toStrictEqual(['e00', 'e10']);
		for (const { permit } of asked) permit?.accepted();
		await pass();

		expect(began).toStrictEqual(['e00', 'e10', 'e20', 'e30']);
	});

	it('small ones do not let many large ones load together', async () => {
		const { ask, clock, execution, pass } = free();
		const MEGABYTE = 1024 * 1024;
		let [held, most] = [0, 0];
		const asked = Array.from({ length: 40 }, (_, n) => {
			const [bytes, loadMs] = n % 2 === 0 ? [100, 10] : [24 * MEGABYTE, 1_000];
			const load = async () => {
				held += bytes;
				most = Math.max(most, held);
				await clock.sleep(loadMs);
			};
			const unload = () => (held -= bytes);
			return { unload, request: ask(execution(`e${n}`), 0, { load, bytes, unload }) };
		});
		const answered = new Set<unknown>();
		for (let tenth = 0; tenth < 300; tenth++) {
			await pass(100);
			for (const { request, unload } of asked) {
				if (!request.permit || answered.has(request)) continue;
				answered.add(request);
				request.permit.accepted();
				unload();
			}
		}

		expect(answered.size).toBe(40);
		expect(most).toBeLessThan(80 * MEGABYTE);
	});

	it('one that is larger than the budget loads alone', async () => {
		const { askLoading, execution, began, ends, pass, left } = free();
		const bytes = 100 * 1024 * 1024;
		for (const n of [0, 1, 2]) askLoading(execution(`e${n}`), 0, { bytes });
		await pass();
		for (const name of began) ends.get(name)?.resolve();
		await pass(500);
		expect(began).toStrictEqual(['e00', 'e10']);
		await pass(1_500);

		expect([...began, ...left]).toStrictEqual(['e00', 'e10', 'e20', 'e00', 'e10']);
	});

	it('slow ones keep nobody from loading, and go first once they have loaded', async () => {
		const { askLoading, ask, execution, began, ends, pass, left } = free();
		for (const n of [0, 1, 2]) askLoading(execution(`e${n}`), 0);
		ask(execution('single'), 0);
		await pass(2_900);
		expect({ began, left }).toStrictEqual({ began: ['e00', 'e10'], left: ['single0'] });
		await pass(300);
		expect(began).toStrictEqual(['e00', 'e10', 'e20']);
		ends.get('e00')?.resolve();
		await pass();

		expect(left).toStrictEqual(['single0', 'e00']);
	});

	it('a loaded one that cannot leave gives its slot and its memory back, and loads again later', async () => {
		const { askLoading, execution, began, ends, pass, left, block } = free();
		const a = execution('a', { slots: 1 });
		const unload = jest.fn();
		askLoading(a, 0, { unload });
		await pass();
		await block({ retryAfterMs: 60_000 });
		ends.get('a0')?.resolve();
		await pass(6_000);
		expect([unload.mock.calls.length, a.slots.hasFree]).toStrictEqual([1, true]);
		await pass(55_000);

		expect({ began, left }).toStrictEqual({ began: ['a0', 'a0'], left: ['a0'] });
	});

	it('one that leaves as soon as it has loaded takes one slot in all', async () => {
		const { askLoading, execution, ends, pass } = free();
		const a = execution('a', { slots: 3 });
		const asked = askLoading(a, 0);
		await pass();
		ends.get('a0')?.resolve();
		await pass();
		expect(takeAll(a)).toBe(2);
		asked.permit?.release();

		expect(takeAll(a)).toBe(1);
	});

	it('one that waits for its own pace does not keep others from loading', async () => {
		const { askLoading, execution, began, ends, pass } = free();
		const a = execution('a', { imagesPerMinute: 1 });
		for (const n of [0, 1]) askLoading(a, n);
		await pass();
		ends.get('a0')?.resolve();
		await pass();
		askLoading(execution('b'), 0);
		await pass(7_000);

		expect(began).toContain('b0');
	});

	it('others that have nothing to load pass one that loads', async () => {
		const { askLoading, ask, execution, ends, pass, left } = free();
		const a = execution('a');
		askLoading(a, 0);
		ask(a, 1);
		await pass();
		expect(left).toStrictEqual(['a1']);
		ends.get('a0')?.resolve();
		await pass();

		expect(left).toStrictEqual(['a1', 'a0']);
	});

	it('once loaded, it goes before those that have waited for longer', async () => {
		const { askLoading, ask, execution, block, ends, pass, left } = free();
		ask(execution('b', { slots: 1 }), 0);
		askLoading(execution('a'), 0);
		await block();
		ask(execution('c'), 0);
		ends.get('a0')?.resolve();
		await pass(2_000);

		expect(left).toStrictEqual(['a0']);
	});

	it('executions take turns in loading too', async () => {
		const { askLoading, execution, began, ends, pass, block } = free();
		const [a, b] = [execution('a'), execution('b')];
		await block({ retryAfterMs: 60_000 });
		const first = askLoading(a, 0);
		askLoading(a, 1);
		askLoading(b, 0);
		await pass(58_000);
		ends.get('a0')?.resolve();
		await pass(3_000);
		first.permit?.accepted();
		await pass();

		expect(began.slice(0, 2)).toStrictEqual(['a0', 'b0']);
	});

	it('what cannot be loaded fails for its caller alone, and its slot is free', async () => {
		const { askLoading, execution, ends, pass, left } = free();
		const a = execution('a', { slots: 1 });
		const [failing] = [askLoading(a, 0), askLoading(a, 1)];
		await pass();
		const thrown = new Error('no such file');
		ends.get('a0')?.reject(thrown);
		await pass();
		expect(failing).toMatchObject({ state: 'failed', thrown });
		ends.get('a1')?.resolve();
		await pass();

		expect(left).toStrictEqual(['a1']);
	});

	it('what throws at once fails too', async () => {
		const { ask, execution, pass } = stage();
		const a = execution('a', { slots: 1 });
		const failing = ask(a, 0, {
			load: () => {
				throw new Error('at once');
			},
		});
		await pass();

		expect(failing).toMatchObject({ state: 'failed', thrown: new Error('at once') });
		expect(takeAll(a)).toBe(1);
	});
});

describe('How long an execution was held back', () => {
	it('starts anew when nothing has waited for a while', async () => {
		const { block, ask, execution, pass } = stage();
		await block();
		const a = execution('a');
		const first = ask(a, 0);
		await pass(2_000);
		first.permit?.accepted();
		await pass(30_000);
		a.told.heldMs = 0;
		await block();
		ask(a, 2);
		await pass(1_000);

		expect(a.told.heldMs).toBe(1_000);
	});

	it('does not count how long it was under way', async () => {
		const { block, ask, execution, pass, clock } = stage();
		await block();
		const a = execution('a');
		const queuedAt = clock.now();
		const first = ask(a, 0, { queuedAt });
		await pass(20_000);
		first.permit?.rejected(REJECTED, rateLimit);
		a.told.heldMs = 0;
		ask(a, 0, { queuedAt });
		await pass(1_000);

		expect(a.told.heldMs).toBe(1_000);
	});

	it('is told while it could send if it were not for the limit', async () => {
		const { block, ask, execution, pass } = stage();
		await block();
		const a = execution('a');
		for (let n = 0; n < 3; n++) ask(a, n);
		await pass(1_900);

		expect(a.told.heldMs).toBeGreaterThanOrEqual(1_400);
		expect(a.told.heldMs).toBeLessThanOrEqual(2_000);
	});

	it('counts from its own start, each time once', async () => {
		const { block, ask, execution, pass } = stage();
		await block();
		ask(execution('a'), 0);
		await pass(1_050);
		const b = execution('b');
		ask(b, 0);
		await pass(500);

		expect(b.told.heldMs).toBeGreaterThan(0);
		expect(b.told.heldMs).toBeLessThanOrEqual(500);
	});

	it.each<[string, ExecutionOptions]>([
		['without a free slot', { slots: 0 }],
		['that waits for its pace', { imagesPerMinute: 1 }],
	])('is nothing for an execution %s', async (_name, options) => {
		const { block, ask, execution, pass } = stage();
		await block();
		const a = execution('a', options);
		ask(a, 0);
		await pass(1_900);

		expect(a.told.heldMs).toBe(0);
	});

	it('is nothing while nothing was rejected', async () => {
		const { ask, execution, pass } = stage();
		const a = execution('a', { slots: 1 });
		const loaded = ask(a, 0, { load: async () => await new Promise(() => {}) });
		ask(a, 1);
		await pass(5_000);

		expect(loaded.state).toBe('waits');
		expect(a.told.heldMs).toBe(0);
	});

	it('is nothing for an execution that does not wait, or waits for something else', async () => {
		const { ask, block, execution, pass } = stage();
		await block();
		const a = execution('a', { giveUpMs: 0, slots: 0 });
		const b = execution('b');
		ask(a, 0);
		await pass(2_000);
		ask(b, 0, { load: async () => await new Promise(() => {}) });
		await pass(100);
		b.told.heldMs = 0;
		await pass(5_000);

		expect([a.told.heldMs, b.told.heldMs]).toStrictEqual([0, 0]);
	});

	it('is told of a request that has loaded, too, and once for its execution', async () => {
		const { ask, block, execution, pass } = stage();
		const [a, b] = [execution('a', { slots: 1 }), execution('b')];
		const ends = [deferred(), deferred()];
		for (const [n, owner] of [a, b].entries())
			ask(owner, 0, { load: async () => await ends[n].promise });
		await block();
		ask(b, 1);
		for (const { resolve } of ends) resolve();
		await pass(1_900);

		for (const { told } of [a, b]) {
			expect(told.heldMs).toBeGreaterThanOrEqual(1_400);
			expect(told.heldMs).toBeLessThanOrEqual(2_000);
		}
	});
});

describe('The queue itself', () => {
	it('is idle when nothing waits, loads or is under way', async () => {
		const { queue, ask, execution, pass, clock } = stage();
		const a = execution('a', { slots: 1 });
		expect(queue.isIdle(clock.now())).toBe(true);
		const loading = deferred();
		const first = ask(a, 0, { load: async () => await loading.promise });
		expect(queue.isIdle(clock.now())).toBe(false);
		const second = ask(a, 1);
		loading.resolve();
		await pass();
		expect(queue.isIdle(clock.now())).toBe(false);
		first.permit?.release();
		await pass();

		expect(states(first, second)).toStrictEqual(['left', 'left']);
		expect(queue.isIdle(clock.now())).toBe(false);
		second.permit?.release();

		expect(queue.isIdle(clock.now())).toBe(true);
	});

	it('looks on while anything waits, not longer, and again later', async () => {
		const { block, ask, execution, pass, clock, left } = stage();
		for (let n = 0; n < 2; n++) {
			await block();
			ask(execution('a'), n);
			await pass(60_000);
			expect(left).toStrictEqual([`a${n}`]);
			await pass(200);
			const idle = clock.run(new Promise(() => {}));
			await expect(idle).rejects.toThrow('something that never comes');
		}
	});

	it.each([
		['asked', 0],
		['released', 5_000],
	])('was used when it was last %s', async (_name, heldMs) => {
		const { queue, ask, execution, pass, clock, leaving } = stage();
		await pass(1_000);
		const usedAt = clock.now() + heldMs;
		const { permit } = await leaving(ask(execution('a'), 0));
		if (heldMs > 0) {
			await pass(heldMs);
			permit.release();
		}
		await pass(10_000);

		expect(queue.usedAt).toBe(usedAt);
	});
});
