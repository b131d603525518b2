import { failures, type Fault } from '../../simulator';
import { credentialFor, openList } from '../methods/picker';
import { inVirtualTime } from '../support/virtualTime';
import { openWorkbench, type Workbench } from '../support/workbench';
import {
	ECHOED,
	HARMLESS,
	HOSTILE,
	HOSTILE_HEADER,
	HOSTILE_WORDS,
	PART_OF_KEY,
} from './hostileWords';

/**
 * Words of the service, of a gateway and of an image host. After each run, the workbench searches what
 * n8n shows for markup, for characters that nobody sees, and for the API key.
 */

let bench: Workbench;
beforeAll(async () => {
	bench = await openWorkbench();
});
afterEach(() => bench.simulator.reset());
afterAll(async () => await bench.close());

const link = (url: string): Fault => ({ transformReply: () => ({ images: [{ url }], seed: 1 }) });

/** What the service answers, and whether its words are shown. */
const replies: Array<[string, (words: string) => Fault, boolean]> = [
	['a message', (words) => ({ status: 400, body: { code: 20015, message: words } }), true],
	['a detail', (data) => ({ status: 400, body: { message: 'No.', data } }), true],
	['a code', (code) => ({ status: 400, body: { code, message: 'No.' } }), false],
	['a message like OpenAI', (message) => ({ status: 500, body: { error: { message } } }), true],
	['a text under error', (error) => ({ status: 403, body: { error } }), true],
	['a text', (body) => ({ status: 502, body }), true],
	['a JSON text', (words) => ({ status: 401, body: JSON.stringify(words) }), true],
	[
		'a page',
		(words) => ({ status: 502, body: `<html><title>Sorry</title>${words}</html>` }),
		false,
	],
	['a page without a title', (words) => ({ status: 502, body: `<html>${words}</html>` }), false],
	['a text in place of images', (body) => ({ status: 200, body }), true],
	['JSON without images', (words) => ({ status: 200, body: { hello: words } }), false],
	['a link of another kind', (words) => link(`javascript:${words}`), false],
	['base64 of no image', (words) => ({ ...link(''), transformReply: () => [words] }), false],
];

const NUMBERED = HOSTILE_WORDS.map((_, i) => ({ json: { i } }));

it.each(replies)('%s', async (_place, fault, isShown) => {
	for (const [i, [, words]] of HOSTILE_WORDS.entries()) {
		const when = ({ body }: { body?: unknown }) =>
			(body as { prompt?: string }).prompt === `fox ${i}`;
		bench.simulator.fault({ ...fault(words), when, times: 2 });
	}
	const parameters = { prompt: '={{ "fox " + $json.i }}', executionOptions: { concurrency: 1 } };
	const continued = await bench.step(parameters, {
		items: NUMBERED,
		onError: 'continueRegularOutput',
	});
	const stopped = await bench.step(parameters, { items: NUMBERED });

	expect(stopped.status).toBe('error');
	expect(continued.items[0].json.error).toBe(stopped.error?.message);
	const failed = continued.items.filter(({ json }) => typeof json.error === 'string');
	expect(failed).toHaveLength(HOSTILE_WORDS.length);
	expect([...stopped.words, ...continued.words].join()).not.toContain(PART_OF_KEY);
	if (isShown) expect(stopped.words.join()).toContain(HARMLESS);
});

describe('A header', () => {
	it.each(['x-siliconcloud-trace-id', 'retry-after', 'location', 'content-type'])(
		'%s of a refusal',
		async (name) => {
			bench.simulator.fault({ ...failures.moderated, headers: { [name]: HOSTILE_HEADER } });
			const { status, words } = await bench.step({ prompt: 'a fox' });

			expect(status).toBe('error');
			expect(words.join()).not.toContain(PART_OF_KEY);
		},
	);

	it.each([
		['content-type', 200, HOSTILE_HEADER],
		// The request for an image goes where the host says, so the key itself would be in its address.
		['location', 302, HOSTILE_HEADER.replace(ECHOED, '')],
		['location', 302, `${HOSTILE_HEADER.replace(/\W/g, '')}:1`],
	])('%s of an image host', async (name, status, value) => {
		const headers = { [name]: value };
		bench.simulator.fault({ on: 'image', status, headers, body: 'no image', times: Infinity });
		const { result } = await inVirtualTime(
			bench.simulator,
			async () => await bench.step({ prompt: 'a fox' }),
		);
		const { error, words } = result;

		expect(error?.message).toMatch(/^The image was made but not downloaded: /);
		expect(words.join()).not.toContain(PART_OF_KEY);
	});

	it.each([
		['content-type', `text/${'y'.repeat(55)}${ECHOED}`],
		['location', `${'y'.repeat(35)}${ECHOED}:1`],
	])('%s of an image host with the key where it was cut', async (name, value) => {
		const status = name === 'location' ? 302 : 200;
		const headers = { [name]: value };
		bench.simulator.fault({ on: 'image', status, headers, body: 'no image', times: Infinity });
		const { result } = await inVirtualTime(
			bench.simulator,
			async () => await bench.step({ prompt: 'a fox' }),
		);
		const { words } = result;

		expect(words.join()).not.toContain(PART_OF_KEY);
	});
});

describe('A link', () => {
	const hostile = `https://a.example/<a href="//evil.example">\u202e\u001b${ECHOED}sk-s\u200bimulator-0000`;
	const shown = 'https://a.example/%3Ca href="//evil.example"%3E%E2%80%AE%1B***';

	it('comes out without harm', async () => {
		bench.simulator.fault(link(hostile));
		const { items } = await bench.step({ prompt: 'a fox', options: { download: false } });

		expect(items[0].json.url).toContain(shown);
	});

	it('is told without harm when it cannot be downloaded', async () => {
		bench.simulator.fault(link(hostile));
		const { result } = await inVirtualTime(
			bench.simulator,
			async () => await bench.step({ prompt: 'a fox' }),
		);
		const data = JSON.stringify(result.error?.context.data);

		expect(data).toContain(JSON.stringify(shown).slice(1, -1));
	});

	it('is told whole, however long it is', async () => {
		const long = `${bench.simulator.baseUrl}/none?signature=${'%2F'.repeat(2000)}`;
		bench.simulator.fault(link(long));
		const { result } = await inVirtualTime(
			bench.simulator,
			async () => await bench.step({ prompt: 'a fox' }),
		);

		expect(result.error?.context.data).toMatchObject({ images: [{ url: long }] });
	});
});

it('The model list leaves out ids with markup, invisible characters or the key', async () => {
	const ids = [
		'Acme/Good-1',
		HOSTILE,
		`Acme/${ECHOED}`,
		'Acme/<b>',
		'Acme/\u202e',
		'Acme/\u001b[31m',
	];
	bench.simulator.fault({ on: 'models', body: { data: ids.map((id) => ({ id })) }, times: 2 });
	const credential = credentialFor(bench.simulator, 'cn');
	const { results } = await openList(bench.engine, { credential });

	expect(results.map(({ value }) => value)).toEqual(['Acme/Good-1']);
});

const ids: Array<[string, string, string]> = [
	['the API key', `ti_${ECHOED}_1`, 'ti_***_1'],
	['markup', '<a href="//evil.example">sign in</a>', 'a href="//evil.example"sign in/a'],
	['thousands of characters', `ti_${'x'.repeat(5000)}`, `ti_${'x'.repeat(97)}`],
	['the API key at the end of what is shown', `${'x'.repeat(90)}${ECHOED}`, `${'x'.repeat(90)}***`],
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
			images: [{ url: `https://images.example/1.png?key=${ECHOED}` }],
		}),
	});
	const { items } = await bench.step({ prompt: 'a fox', options: { download: false } });

	expect(items[0].json.url).toBe('https://images.example/1.png?key=***');
});
