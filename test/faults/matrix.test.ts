import { sideBySide } from '../support/sideBySide';
import { inVirtualTime } from '../support/virtualTime';
import { openWorkbench, type Outcome, type Workbench } from '../support/workbench';
import { MATRIX, type Row } from './matrix';

let shared: Workbench;
beforeAll(async () => {
	shared = await openWorkbench();
});
afterAll(async () => await shared.close());

interface Result extends Outcome {
	readonly bench: Workbench;
}

async function play(row: Row, bench: Workbench): Promise<Result> {
	bench.simulator.reset();
	for (const fault of row.faults) bench.simulator.fault(fault);
	const run = async () => await bench.step({ prompt: 'a red fox', ...row.parameters });
	const outcome = row.longWait ? (await inVirtualTime(bench.simulator, run)).result : await run();
	return { ...outcome, bench };
}

async function playAlone(row: Row): Promise<Result> {
	const bench = await openWorkbench();
	try {
		return await play(row, bench);
	} finally {
		await bench.close();
	}
}

const waiting = sideBySide(
	MATRIX.filter(({ shortWait }) => shortWait),
	playAlone,
);

/** A rejection is remembered for the account, so rows with one have an account of their own. */
const rejects = ({ faults }: Row) => faults.some(({ status }) => status === 429 || status === 503);

async function result(row: Row): Promise<Result> {
	if (waiting.has(row)) return await waiting.resultOf(row);
	// The virtual clock would be that of the others, too.
	if (row.longWait) await waiting.ended();
	return rejects(row) ? await playAlone(row) : await play(row, shared);
}

// Those in virtual time come last, so that nothing waits for the others to end.
const rows = [...MATRIX].sort((a, b) => Number(a.longWait ?? 0) - Number(b.longWait ?? 0));

it.each(rows.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
	const { bench, status, error, items } = await result(row);

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
});

function matches(text: string | undefined, expected: string | RegExp) {
	if (typeof expected === 'string') expect(text).toContain(expected);
	else expect(text).toMatch(expected);
}
