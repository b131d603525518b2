import { VirtualClock } from '../../../harness/simulatedTime/virtualClock';
import {
	accountLimit,
	AccountLimits,
} from '../../../nodes/SiliconFlowImage/transport/accountLimits';
import { executionOf } from '../../support/queueStage';

/** The shared table is one for the process, so each test has an account of its own. */
let tests = 0;
const newAccount = () => ({
	baseUrl: 'https://api.siliconflow.cn/v1',
	account: `account ${++tests}`,
	model: 'Qwen/Qwen-Image',
});

it('Who asks for the same account and model has the same limit', () => {
	const account = newAccount();

	expect(accountLimit({ ...account })).toBe(accountLimit({ ...account }));
});

it.each([
	['model', { model: 'Kwai-Kolors/Kolors' }],
	['account', { account: 'another' }],
	['address', { baseUrl: 'https://api.siliconflow.com/v1' }],
])('Another %s has another limit', (_name, other) => {
	const account = newAccount();
	const [one, two] = [accountLimit(account), accountLimit({ ...account, ...other })];

	expect(two.queue).not.toBe(one.queue);
	expect(two.batches).not.toBe(one.batches);
});

it.each(['","', ',', ' ', '/'])('Names that run together are not the same: %s', (joint) => {
	const account = newAccount();
	const one = { account: `${account.account}${joint}x`, model: 'y' };
	const two = { account: account.account, model: `x${joint}y` };

	expect(accountLimit({ ...account, ...one }).queue).not.toBe(
		accountLimit({ ...account, ...two }).queue,
	);
});

describe('What is remembered', () => {
	function started() {
		const clock = new VirtualClock();
		const limits = new AccountLimits(clock);
		const of = (model: string) =>
			limits.of({ baseUrl: 'https://a.example/v1', account: 'a', model });
		const ask = async (model: string, slots = 1) =>
			await of(model).queue.acquire({
				execution: executionOf(clock, 'a', { slots }),
				...{ position: 0, queuedAt: clock.now(), images: () => 1, shouldStop: () => false },
			});
		const pass = async (minutes: number) => await clock.run(clock.sleep(minutes * 60_000));
		return { clock, limits, of, ask, pass };
	}

	it.each([
		[59, true],
		[61, false],
	])('is kept for an hour without use: %d minutes', async (minutes, isKept) => {
		const { of, pass } = started();
		const before = of('m');
		await pass(minutes);
		// Others are asked for meanwhile.
		for (let n = 0; n < 3; n++) of(`other ${n}`);

		expect(of('m') === before).toBe(isKept);
	});

	it('is the thousand that were used last', () => {
		const { of } = started();
		const before = of('m');
		for (let n = 0; n < 900; n++) of(`model ${n}`);
		expect(of('m')).toBe(before);
		for (let n = 0; n < 1_001; n++) of(`another ${n}`);

		expect(of('m')).not.toBe(before);
	});

	it('is never forgotten while a request waits or is under way, or a pause runs', async () => {
		const { clock, of, ask, pass } = started();
		const under = await ask('under way');
		void ask('waiting', 0);
		const paused = await ask('paused');
		if (under.kind !== 'permit' || paused.kind !== 'permit') throw new Error('They did not leave');
		const reply = { kind: 'reply', status: 429, text: '' } as const;
		paused.rejected(reply, { status: 429, retryAfterMs: 10 * 3_600_000 });
		paused.release();
		const names = ['under way', 'waiting', 'paused'];
		const before = names.map(of);
		await pass(120);
		for (let n = 0; n < 2_000; n++) of(`model ${n}`);
		expect(names.map(of)).toStrictEqual(before);
		expect(clock.now()).toBeGreaterThan(0);
	});

	it('has room for long names, and is found again', () => {
		const { of } = started();

		expect(of('x'.repeat(100_000))).toBe(of('x'.repeat(100_000)));
		expect(of('x'.repeat(100_000))).not.toBe(of('x'.repeat(100_001)));
	});
});
