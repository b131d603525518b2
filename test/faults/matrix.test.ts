import { inVirtualTime } from '../support/virtualTime';
import { openWorkbench, type Workbench } from '../support/workbench';
import { MATRIX, type Row } from './matrix';

let shared: Workbench;
beforeAll(async () => {
	shared = await openWorkbench();
});
afterAll(async () => await shared.close());

/** A rejection is remembered for the account, so rows with one have an account of their own. */
const rejects = ({ faults }: Row) => faults.some(({ status }) => status === 429 || status === 503);

it.each(MATRIX.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
	const bench = rejects(row) ? await openWorkbench() : shared;
	bench.simulator.reset();
	for (const fault of row.faults) bench.simulator.fault(fault);
	const run = async () => await bench.step({ prompt: 'a red fox', ...row.parameters });
	const { status, error, items } = row.longWait
		? (await inVirtualTime(bench.simulator, run)).result
		: await run();

	const [fewest, most] = typeof row.posts === 'number' ? [row.posts, row.posts] : row.posts;
	expect(bench.simulator.generations.length).toBeGreaterThanOrEqual(fewest);
	expect(bench.simulator.generations.length).toBeLessThanOrEqual(most);
	expect({
		downloads: bench.simulator.images.length,
		items: items.length,
		message: error?.message,
	}).toEqual({
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
	if (bench !== shared) await bench.close();
});

function matches(text: string | undefined, expected: string | RegExp) {
	if (typeof expected === 'string') expect(text).toContain(expected);
	else expect(text).toMatch(expected);
}
