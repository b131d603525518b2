import { randomFrom } from '../../harness/simulatedTime/random';
import { inVirtualTime } from '../support/virtualTime';
import { openWorkbench, type Workbench } from '../support/workbench';

/** When requests are sent after a 429 or with a limit, on a virtual clock. */

let bench: Workbench;
afterEach(async () => await bench.close());

const items = (n: number) => Array.from({ length: n }, (_, i) => ({ json: { i } }));
const parameters = (executionOptions: Record<string, number>) => ({
	prompt: '={{ "fox " + $json.i }}',
	options: { download: false },
	executionOptions,
});
const statuses = () => bench.simulator.generations.map(({ status }) => status);
const accepted = () => bench.simulator.generations.filter(({ status }) => status === 200);

it('one 429 pauses all items, and no other item is refused', async () => {
	bench = await openWorkbench();
	bench.simulator.fault({ status: 429, body: { message: 'slow down', data: null } });
	const { result, elapsedMs } = await inVirtualTime(
		bench.simulator,
		async () => await bench.step(parameters({ concurrency: 1 }), { items: items(4) }),
	);
	expect(result.items).toHaveLength(4);
	expect(statuses()).toEqual([429, 200, 200, 200, 200]);
	expect(elapsedMs).toBeGreaterThanOrEqual(2000);
	expect(elapsedMs).toBeLessThan(4000);
});

it('at two images per minute ten items come out, in order, with few rejections', async () => {
	bench = await openWorkbench({ simulator: { limit: { images: 2, perMs: 60_000 } } });
	const { result, elapsedMs } = await inVirtualTime(
		bench.simulator,
		async () => await bench.step(parameters({}), { items: items(10) }),
		randomFrom(1),
	);
	expect(result.error).toBeUndefined();
	expect(result.items.map(({ json }) => json.prompt)).toEqual(
		items(10).map(({ json }) => `fox ${json.i}`),
	);
	// Five windows of two: at least four minutes between the first and the last.
	expect(elapsedMs).toBeGreaterThanOrEqual(240_000);
	expect(elapsedMs).toBeLessThan(255_000);
	// The first window is found out by trying; the others are met once or twice.
	expect(statuses().filter((status) => status === 429).length).toBeLessThanOrEqual(20);
});

it('many items at once all come out', async () => {
	bench = await openWorkbench({ simulator: { limit: { images: 3, perMs: 60_000 } } });
	const { result } = await inVirtualTime(
		bench.simulator,
		async () => await bench.step(parameters({ concurrency: 24 }), { items: items(24) }),
	);
	expect(result.error).toBeUndefined();
	expect(result.items).toHaveLength(24);
	expect(accepted()).toHaveLength(24);
});

it('Images per Minute limits from the start, so that nothing is refused', async () => {
	bench = await openWorkbench({ simulator: { limit: { images: 2, perMs: 60_000 } } });
	const { result, elapsedMs } = await inVirtualTime(
		bench.simulator,
		async () => await bench.step(parameters({ imagesPerMinute: 2 }), { items: items(6) }),
	);
	expect(result.items).toHaveLength(6);
	expect(statuses()).toEqual(Array(6).fill(200));
	expect(elapsedMs).toBeGreaterThanOrEqual(120_000);
	expect(elapsedMs).toBeLessThan(125_000);
});

it.each([
	['seconds', () => '7'],
	['a date', () => new Date(Date.now() + 7000).toUTCString()],
])('a Retry-After in %s is followed', async (_name, retryAfter) => {
	bench = await openWorkbench();
	const { elapsedMs, result } = await inVirtualTime(bench.simulator, async () => {
		bench.simulator.fault({ status: 429, body: '', headers: { 'retry-after': retryAfter() } });
		return await bench.step(parameters({}));
	});
	expect(result.items).toHaveLength(1);
	// A date has whole seconds only.
	expect(elapsedMs).toBeGreaterThanOrEqual(5_900);
	expect(elapsedMs).toBeLessThan(8_000);
});

it('a host that cannot be reached is tried three times in all', async () => {
	bench = await openWorkbench();
	const { error } = (
		await inVirtualTime(bench.simulator, async () => {
			await bench.simulator.close();
			return await bench.step(parameters({}));
		})
	).result;
	expect(error?.message).toBe(
		`SiliconFlow cannot be reached at ${bench.simulator.origin} (ECONNREFUSED)`,
	);
	expect(error?.description).toContain("Check 'Region' or 'Base URL'");
});
