/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { openWorkbench, type Workbench } from '../support/workbench';

/** A person stops the execution. Uses real time, because the reaction must be quick. */

let bench: Workbench;
afterEach(async () => await bench.close());

const items = Array.from({ length: 20 }, (_, i) => ({ json: { i } }));
const parameters = { prompt: '={{ "fox " + $json.i }}' };
/** The longest time a request takes to reach the simulator on a busy machine. */
const ON_ITS_WAY_MS = 1000;

const pause = async (milliseconds: number) =>
	await new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Cancels as soon as the simulator has seen what the test needs, however busy the machine is. */
async function cancelWhen(isReady: () => boolean) {
	let cancelledAt = 0;
	const outcome = await bench.step(parameters, {
		items,
		onStart: (cancel) => {
			const watch = setInterval(() => {
				if (!isReady()) return;
				clearInterval(watch);
				cancelledAt = Date.now();
				cancel();
			}, 20).unref();
		},
	});
	const tookMs = Date.now() - cancelledAt;
	await pause(2500);
	// A request sent just before may still arrive, but none may be sent after.
	const late = bench.simulator.requests.filter(
		({ receivedAt }) => receivedAt > cancelledAt + ON_ITS_WAY_MS,
	);
	expect(late).toEqual([]);
	expect(outcome.status).toBe('canceled');
	expect(tookMs).toBeLessThan(1000);
	return outcome;
}

it('while images are made: requests end, and no more are sent', async () => {
	bench = await openWorkbench({ simulator: { latencyMs: 5000 } });
	await cancelWhen(() => bench.simulator.generations.length === 3);
	expect(bench.simulator.generations).toHaveLength(3);
	expect(bench.simulator.generations.every(({ aborted }) => aborted)).toBe(true);
});

it('while images are downloaded', async () => {
	bench = await openWorkbench();
	bench.simulator.fault({ on: 'image', stall: 'mid-body', times: Infinity });
	await cancelWhen(() => bench.simulator.images.length === 3);
	expect(bench.simulator.images.every(({ aborted }) => aborted)).toBe(true);
});

it('while waiting for a rate limit to pass', async () => {
	bench = await openWorkbench();
	// So late that all three have left before the first is rejected, and none is on its way then.
	bench.simulator.fault({ status: 429, body: '', delayMs: 1500, times: Infinity });
	await cancelWhen(
		() => bench.simulator.generations.length === 3 && bench.simulator.inFlight === 0,
	);
	expect(bench.simulator.generations).toHaveLength(3);
});
