import { VirtualClock } from '../../../harness/simulatedTime/virtualClock';
import { accountLimit } from '../../../nodes/SiliconFlowImage/transport/accountLimits';
import { executionOf } from '../../support/queueStage';

/** The table is one for the process, so each test has an account of its own. */
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

describe('What was not used', () => {
	it.each([
		['for ten minutes is kept', 10, 0, true, true],
		['for longer loses what the limiter knows, and keeps its batches', 10, 1, false, true],
		['for an hour too', 60, 0, false, true],
		['for longer than an hour is forgotten', 60, 1, false, false],
	])('%s', async (_name, minutes, milliseconds, keepsQueue, keepsBatches) => {
		const clock = new VirtualClock();
		const account = newAccount();
		const before = accountLimit(account, clock);
		await clock.run(clock.sleep(minutes * 60_000 + milliseconds));
		const after = accountLimit(account, clock);

		expect(after.queue === before.queue).toBe(keepsQueue);
		expect(after.batches === before.batches).toBe(keepsBatches);
	});

	it('counts from the last use', async () => {
		const clock = new VirtualClock();
		const account = newAccount();
		const limit = accountLimit(account, clock);
		await clock.run(clock.sleep(600_000));
		const execution = executionOf(clock, 'a');
		const request = { execution, position: 0, queuedAt: clock.now(), images: () => 1 };
		const permit = await limit.queue.acquire({ ...request, shouldStop: () => false });
		if (permit.kind === 'permit') permit.release();
		await clock.run(clock.sleep(600_000));

		expect(accountLimit(account, clock) === limit).toBe(true);
	});

	it('is the same for all who ask after it was forgotten', async () => {
		const clock = new VirtualClock();
		const account = newAccount();
		accountLimit(account, clock);
		await clock.run(clock.sleep(700_000));

		expect(accountLimit(account, clock) === accountLimit(account, clock)).toBe(true);
	});

	it('is kept while anything waits', async () => {
		const clock = new VirtualClock();
		const account = newAccount();
		const limit = accountLimit(account, clock);
		const execution = executionOf(clock, 'a', { slots: 0 });
		const request = { execution, position: 0, queuedAt: clock.now(), images: () => 1 };
		void limit.queue.acquire({ ...request, shouldStop: () => false });
		expect(limit.queue.isIdle).toBe(false);
		// Another clock, so that the queue does not look in between.
		const later = new VirtualClock(clock.now() + 7_200_000);

		expect(accountLimit(account, later) === limit).toBe(true);
	});
});
