import { inVirtualTime } from '../support/virtualTime';
import { openWorkbench, type Workbench } from '../support/workbench';
import { MATRIX } from './matrix';

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

it.each(MATRIX.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
	for (const fault of row.faults) bench.simulator.fault(fault);
	const run = async () => await bench.step({ prompt: 'a red fox', ...row.parameters });
	const { status, error, items } = row.longWait
		? (await inVirtualTime(bench.simulator, run)).result
		: await run();

	expect({
		posts: bench.simulator.generations.length,
		downloads: bench.simulator.images.length,
		items: items.length,
		message: error?.message,
	}).toEqual({
		posts: row.posts,
		downloads: row.downloads,
		items: row.items,
		message: row.items > 0 ? undefined : expect.any(String),
	});
	expect(status).toBe(row.items > 0 ? 'success' : 'error');
	if (row.message) matches(error?.message, row.message);
	if (row.description) matches(error?.description ?? undefined, row.description);
	if (row.httpCode) expect(error?.httpCode).toBe(row.httpCode);
	if (row.items === 0) {
		expect(error?.context.itemIndex).toBe(0);
		const traceId = bench.simulator.generations.at(-1)?.traceId;
		const named = /Trace id: (\w+)/.exec(error?.description ?? '')?.[1];
		expect(named).toBe(row.traceId === false ? undefined : traceId);
	}
});

function matches(text: string | undefined, expected: string | RegExp) {
	if (typeof expected === 'string') expect(text).toContain(expected);
	else expect(text).toMatch(expected);
}
