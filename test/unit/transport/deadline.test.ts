/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { getEventListeners, once } from 'node:events';
import { Deadline } from '../../../nodes/SiliconFlowImage/transport/body';

/** The time-out runs in Node itself, out of reach of a fake clock, so these are short and real. */
const LONG_MS = 600_000;
const SHORT_MS = 20;

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

it('Before its end nothing is aborted, and there is no reason', () => {
	const { signal, reason } = new Deadline(LONG_MS, new AbortController().signal);

	expect({ aborted: signal.aborted, reason }).toStrictEqual({ aborted: false, reason: undefined });
});

it.each([
	['without a cancel signal', undefined],
	['with one', new AbortController().signal],
])('The time-out ends the call: %s', async (_name, cancel) => {
	const start = performance.now();
	const deadline = new Deadline(SHORT_MS, cancel);
	await once(deadline.signal, 'abort');

	const elapsedMs = performance.now() - start;

	expect(deadline.reason).toBe('timeout');
	// Node's timers may be a millisecond early, and a busy machine late.
	expect(elapsedMs).toBeGreaterThanOrEqual(SHORT_MS - 2);
	expect(elapsedMs).toBeLessThan(1_000);
});

it('A cancel ends the call at once', () => {
	const cancel = new AbortController();
	const deadline = new Deadline(LONG_MS, cancel.signal);
	cancel.abort();

	expect(deadline.signal.aborted).toBe(true);
	expect(deadline.reason).toBe('cancelled');
});

it('What was cancelled before does not begin', () => {
	const deadline = new Deadline(LONG_MS, AbortSignal.abort());

	expect(deadline.signal.aborted).toBe(true);
	expect(deadline.reason).toBe('cancelled');
});

it('A cancel outweighs a time-out', async () => {
	const cancel = new AbortController();
	const deadline = new Deadline(SHORT_MS, cancel.signal);
	await once(deadline.signal, 'abort');
	cancel.abort();

	expect(deadline.reason).toBe('cancelled');
});

describe('Once released', () => {
	it('it no longer listens to the cancel', () => {
		const cancel = new AbortController();
		const deadline = new Deadline(LONG_MS, cancel.signal);
		expect(listeners(cancel.signal)).toBe(1);
		deadline.release();

		expect(listeners(cancel.signal)).toBe(0);
		cancel.abort();
		expect(deadline.signal.aborted).toBe(false);
	});

	it('its time-out ends nothing', async () => {
		const deadline = new Deadline(SHORT_MS);
		deadline.release();
		// A later deadline of the same length comes after it.
		await once(new Deadline(SHORT_MS).signal, 'abort');

		expect(deadline.reason).toBe('timeout');
		expect(deadline.signal.aborted).toBe(false);
	});

	it('a thousand calls of one run leave no listener behind', () => {
		const cancel = new AbortController();
		for (let i = 0; i < 1000; i++) new Deadline(LONG_MS, cancel.signal).release();

		expect(listeners(cancel.signal)).toBe(0);
	});
});
