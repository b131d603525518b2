import { openWorkbench, type Workbench } from '../support/workbench';

/** The key in the forms that a gateway may repeat it in, whole and where texts are cut. */

const KEY = 'sk/simulator+"0000"==';
const FORMS = [
	['as it is', KEY],
	['as in JSON', JSON.stringify(KEY).slice(1, -1)],
	['as PHP writes JSON', JSON.stringify(KEY).slice(1, -1).replaceAll('/', '\\/')],
	['as in a URL', encodeURIComponent(KEY)],
] as const;

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench({ simulator: { apiKey: KEY } });
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

describe.each(FORMS)('The key %s', (_name, key) => {
	it.each([
		['in a refusal', 400, `Key ${key}`],
		['in a refusal of JSON', 400, `{"message":"Key ${key}"`],
		['where a refusal is cut', 400, `${'x'.repeat(490)} ${key}`],
		['in a reply without an image', 200, `Key ${key}`],
		['where such a reply is cut', 200, `${'x'.repeat(190)} ${key}`],
	])('%s', async (_place, status, body) => {
		bench.simulator.fault({ status, body });
		const { error } = await bench.step({ prompt: 'a fox' });

		const text = `${error?.message} ${error?.description}`;
		expect(text).toContain('***');
		for (const part of ['simulator', '0000']) expect(text).not.toContain(part);
	});

	it('in the trace id', async () => {
		const headers = { 'x-siliconcloud-trace-id': `ti_${key}${'x'.repeat(500)}` };
		bench.simulator.fault({ transformReply: (reply: unknown) => reply, headers });
		const { items } = await bench.step({ prompt: 'a fox' });

		expect(items[0].json.traceId).toMatch(/^ti_\*\*\*x{94}$/);
	});
});
