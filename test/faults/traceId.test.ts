import { failures } from '../../simulator';
import { openWorkbench, type Workbench } from '../support/workbench';

/** A gateway fills the trace id and the links with what it likes. The workbench searches for the key. */

/** The simulator's own key. */
const SIMULATOR = 'sk-simulator-0000';

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const ids: Array<[string, string, string]> = [
	['the API key', `ti_${SIMULATOR}_1`, 'ti_***_1'],
	['markup', '<a href="//evil.example">sign in</a>', 'a href="//evil.example"sign in/a'],
	['thousands of characters', `ti_${'x'.repeat(5000)}`, `ti_${'x'.repeat(97)}`],
	[
		'the API key at the end of what is shown',
		`${'x'.repeat(90)}${SIMULATOR}`,
		`${'x'.repeat(90)}***`,
	],
	['characters beyond ASCII', 'ti_\u00e9\u00a01', 'ti_1'],
];

it.each(ids)('a trace id with %s is shown without harm', async (_name, traceId, shown) => {
	const headers = { 'x-siliconcloud-trace-id': traceId };
	const parameters = { prompt: 'a fox', options: { download: false } };
	bench.simulator.fault({ headers });
	const good = await bench.step(parameters);
	bench.simulator.fault({ ...failures.moderated, headers });
	const stopped = await bench.step(parameters);
	bench.simulator.fault({ ...failures.moderated, headers });
	const { items } = await bench.step(parameters, { onError: 'continueRegularOutput' });

	expect(good.items[0].json.traceId).toBe(shown);
	expect(stopped.error?.description).toContain(`Trace id: ${shown}.`);
	expect(items[0].json.traceId).toBe(shown);
	expect(items[0].json.details).toContain(`Trace id: ${shown}.`);
});

it('a link with the API key in it is shown without the key', async () => {
	bench.simulator.fault({
		transformReply: (reply: { images: object[] }) => ({
			...reply,
			images: [{ url: `https://images.example/1.png?key=${SIMULATOR}` }],
		}),
	});
	const { items } = await bench.step({ prompt: 'a fox', options: { download: false } });

	expect(items[0].json.url).toBe('https://images.example/1.png?key=***');
});
