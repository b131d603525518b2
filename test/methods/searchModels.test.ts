import { createEngine, type Engine } from '../../harness/engine/engine';
import { wholeText } from '../../harness/wholeText';
import { modelIds } from '../../nodes/SiliconFlowImage/contract/catalog';
import { MODELS } from '../../nodes/SiliconFlowImage/contract/models';
import { failures, startSimulator, type Fault, type Simulator } from '../../simulator';
import { contractOf } from '../../simulator/validation';
import { cpuMs } from '../support/cpuTime';
import { credentialFor, newCredentialId, openList, type Search } from './picker';

/** The model list of the editor, from the simulator, through n8n-core's own context. */

let engine: Engine;
let cn: Simulator;
let com: Simulator;
beforeAll(async () => {
	engine = await createEngine({ credentials: {} });
	cn = await startSimulator({ site: 'cn' });
	com = await startSimulator({ site: 'com' });
});
afterEach(() => {
	jest.restoreAllMocks();
	[cn, com].forEach((simulator) => simulator.reset());
});
afterAll(async () => {
	for (const simulator of [cn, com]) await simulator.close();
});

async function search(options: Search) {
	const result = await openList(engine, options);
	expect(wholeText(result)).not.toContain(cn.apiKey);
	return result.results;
}
const inChina = async (options: Search = {}) =>
	await search({ credential: credentialFor(cn, 'cn'), ...options });
const abroad = async (options: Search = {}) =>
	await search({ credential: credentialFor(com, 'com'), ...options });
const ids = (results: Awaited<ReturnType<typeof search>>) => results.map(({ value }) => value);
const listOf = (...models: string[]) => ({ data: models.map((id) => ({ id, object: 'model' })) });

/** What the simulator's contract has and the table says can do it, in the order of the table. */
const modelsOf = (site: 'cn' | 'com', operation: 'generate' | 'edit') =>
	modelIds().filter(
		(id) =>
			contractOf(site).models.has(id) &&
			MODELS.some(
				(row) => row.id === id && row.site === site && row.operations.includes(operation),
			),
	);
const CHINA = { generate: modelsOf('cn', 'generate'), edit: modelsOf('cn', 'edit') };
const INTERNATIONAL = { generate: modelsOf('com', 'generate'), edit: modelsOf('com', 'edit') };
const NEW = 'Acme/Tomorrow-1';

describe.each(['generate', 'edit'] as const)('The list for %s', (operation) => {
	it('has the models of the account that can do it, with unknown ones last', async () => {
		expect(ids(await inChina({ operation }))).toStrictEqual([...CHINA[operation], NEW]);
		expect(ids(await abroad({ operation }))).toStrictEqual([...INTERNATIONAL[operation], NEW]);
	});

	it('has the models that the account has, and no others', async () => {
		cn.fault({ on: 'models', body: listOf(CHINA[operation][1]), times: 2 });

		expect(ids(await inChina({ operation }))).toStrictEqual([CHINA[operation][1]]);
	});
});

it('The table decides what a model does, whatever the service lists it as', async () => {
	const generating = ids(await inChina({ operation: 'generate' }));
	const editing = ids(await abroad({ operation: 'edit' }));

	// The service lists the first as text-to-image too, and the second as text-to-image only.
	expect(generating).not.toContain('Qwen/Qwen-Image-Edit');
	expect(editing).toContain('black-forest-labs/FLUX-1.1-pro');
});

it('An operation that this node does not have gets no models', async () => {
	expect(await inChina({ operation: 'animate' })).toStrictEqual([]);
	expect(cn.requests).toStrictEqual([]);
});

describe('An entry', () => {
	it('shows the id and a trait, and the search knows what it is for', async () => {
		const [kolors] = await inChina({ operation: 'edit' });
		const pair = (await inChina({ operation: 'edit' })).find(({ value }) =>
			/2509$/.test(String(value)),
		);

		expect(kolors).toStrictEqual({
			name: 'Kwai-Kolors/Kolors (free)',
			value: 'Kwai-Kolors/Kolors',
			url: 'https://cloud.siliconflow.cn/models?target=Kwai-Kolors%2FKolors',
			description: 'Free all-rounder that generates and edits images',
		});
		expect(pair?.name).toBe('Qwen/Qwen-Image-Edit-2509 (up to 3 images)');
	});

	it('for an unknown model is marked', async () => {
		const found = (await inChina()).find(({ value }) => value === NEW);

		expect(found?.name).toBe('Acme/Tomorrow-1 (unknown to this node)');
		expect(found?.description).toBe('Not in the model table of this node');
	});
});

describe('The link of an entry', () => {
	const linkOf = async (id: string, results: ReturnType<typeof search>) =>
		(await results).find(({ value }) => value === id)?.url;
	const CN = 'https://cloud.siliconflow.cn/models?target=';
	const COM = 'https://cloud.siliconflow.com/models?target=';

	it('leads to its page at the site of the credential', async () => {
		expect(await linkOf('Qwen/Qwen-Image', inChina())).toBe(`${CN}Qwen%2FQwen-Image`);
		expect(await linkOf('Qwen/Qwen-Image', abroad())).toBe(`${COM}Qwen%2FQwen-Image`);
		expect(await linkOf(NEW, abroad())).toBe(`${COM}Acme%2FTomorrow-1`);
	});

	it('leads to a site that has the model when the region is a custom one', async () => {
		const gateway = { ...credentialFor(com, 'com'), region: 'custom' };
		const flux = 'black-forest-labs/FLUX.2-pro';

		expect(await linkOf(flux, search({ credential: gateway }))).toBe(
			`${COM}black-forest-labs%2FFLUX.2-pro`,
		);
		expect(await linkOf(NEW, search({ credential: gateway }))).toBeUndefined();
	});

	it('takes nothing else from an id of elsewhere', async () => {
		const id = 'Acme/A&x=1#"javascript:alert(1)//../%41';
		cn.fault({ on: 'models', body: listOf(id), times: 2 });

		const link = new URL(String(await linkOf(id, inChina())));
		expect(link.origin + link.pathname).toBe('https://cloud.siliconflow.cn/models');
		expect([...link.searchParams]).toStrictEqual([['target', id]]);
		expect(link.hash).toBe('');
	});
});

it('A new model whose id says Edit is an edit model, whatever the service lists it as', async () => {
	const answer: Fault = { on: 'models', body: listOf('Acme/Paint', 'Acme/Photo-Edit-2') };
	const only = (kind: string) => ({ when: ({ url }: { url: string }) => url.includes(kind) });
	for (let i = 0; i < 2; i++) {
		cn.fault({ ...answer, ...only('text-to-image') });
		cn.fault({ ...answer, ...only('image-to-image'), body: listOf('Acme/Redraw') });
	}

	expect(ids(await inChina({ operation: 'generate' }))).toStrictEqual(['Acme/Paint']);
	expect(ids(await inChina({ operation: 'edit' }))).toStrictEqual([
		'Acme/Photo-Edit-2',
		'Acme/Redraw',
	]);
});

describe('The search', () => {
	it.each([
		['z-image', ['Tongyi-MAI/Z-Image', 'Tongyi-MAI/Z-Image-Turbo']],
		['  KOLORS ', ['Kwai-Kolors/Kolors']],
		['legible TEXT', ['Qwen/Qwen-Image']],
		['including chinese', ['Qwen/Qwen-Image']],
		['(free', ['Kwai-Kolors/Kolors']],
		['unknown to this', [NEW]],
		['no such model', []],
		['', [...CHINA.generate, NEW]],
		['.*', []],
	])('looks for %j in names and descriptions', async (filter, found) => {
		expect(ids(await inChina({ filter }))).toStrictEqual(found);
	});
});

describe('A list with odd entries', () => {
	it.each<[string, unknown]>([
		['no id', { object: 'model' }],
		['an id that is no text', { id: 7 }],
		['an empty id', { id: '' }],
		['an id that is too long', { id: 'x'.repeat(201) }],
		['an id with a line break', { id: 'Acme/A\nB' }],
		['an id that turns text around', { id: 'Acme/\u202eB' }],
		['an id that n8n would take for an expression', { id: '={{ $json.secret }}' }],
		['such an id behind a blank', { id: ' =$json.secret' }],
		['nothing', null],
		['a text', 'Acme/Model'],
	])('keeps the others: %s', async (_name, odd) => {
		const [first] = CHINA.generate;
		cn.fault({ on: 'models', body: { data: [odd, { id: first }] }, times: 2 });

		expect(ids(await inChina())).toStrictEqual([first]);
	});

	it('is read after a byte order mark', async () => {
		const [first] = CHINA.generate;
		cn.fault({ on: 'models', body: `\uFEFF${JSON.stringify(listOf(first))}`, times: 2 });

		expect(ids(await inChina())).toStrictEqual([first]);
	});
});

describe('A list of too many models', () => {
	it('is cut at 2000 of either kind, and searched quickly', async () => {
		const many = (kind: string) => ({
			body: listOf(...Array.from({ length: 5000 }, (_, i) => `Acme/${kind}-${i}`)),
			when: ({ url }: { url: string }) => url.includes(kind),
		});
		cn.fault({ on: 'models', ...many('text-to-image') });
		cn.fault({ on: 'models', ...many('image-to-image') });
		const credentialId = newCredentialId();

		expect(await inChina({ credentialId })).toHaveLength(2000);
		const start = cpuMs();
		expect(await inChina({ credentialId, operation: 'edit' })).toHaveLength(2000);
		expect(cpuMs() - start).toBeLessThan(500);
	});
});

describe('A list of 500 models', () => {
	const many = listOf(...Array.from({ length: 500 }, (_, i) => `Acme/Model-${i}`));

	it('is shown completely and can be searched', async () => {
		cn.fault({ on: 'models', body: many, times: 4 });

		expect(await inChina()).toHaveLength(500);
		expect(ids(await inChina({ filter: 'model-49' }))).toHaveLength(11);
	});
});

describe('The table is the fallback and says so,', () => {
	const saysSo = async (source: Promise<Awaited<ReturnType<typeof search>>>) => {
		const results = await source;
		expect(ids(results)).toStrictEqual(CHINA.generate);
		for (const { name, value } of results) {
			expect(name).toMatch(/^\S+ \(.+; built-in list\)$/);
			expect(name.startsWith(`${String(value)} (`)).toBe(true);
		}
	};

	it.each<[string, Omit<Fault, 'on'>]>([
		['a key that is refused', failures.invalidToken],
		['a server error', failures.unknownError],
		['no such address', failures.notFound],
		['a page of HTML', { body: '<html>Sign in</html>', contentType: 'text/html' }],
		['JSON that is not a list', { body: { data: 'soon' } }],
		['truncated JSON', { body: '{"data":[{"id":', contentType: 'application/json' }],
		['nothing', { body: '' }],
		['a connection that ends', { cut: 'before-headers' }],
		['a body that ends', { cut: 'mid-body' }],
	])('with %s', async (_name, fault) => {
		cn.fault({ ...fault, on: 'models', times: Infinity });

		await saysSo(inChina());
		expect(cn.requests).toHaveLength(2);
	});

	it('with one of the two lists missing, because half of the models would be hidden', async () => {
		cn.fault({ ...failures.overloaded, on: 'models' });

		await saysSo(inChina());
	});

	it('with no server at the address', async () => {
		const gone = await startSimulator();
		await gone.close();

		await saysSo(inChina({ credential: credentialFor(gone, 'cn') }));
	});

	it.each<[string, Omit<Fault, 'on'>]>([
		['that is silent', { stall: 'before-headers' }],
		['that falls silent', { stall: 'mid-body' }],
		['whose list drips', { trickle: { bytes: 1, everyMs: 20 } }],
	])('with a service %s', async (_name, fault) => {
		const allowed: number[] = [];
		const inRealTime = AbortSignal.timeout.bind(AbortSignal);
		jest.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
			allowed.push(milliseconds);
			return inRealTime(150);
		});
		cn.fault({ ...fault, on: 'models', times: Infinity });

		await saysSo(inChina());
		// The real time-out: how long a person waits for the list to open.
		expect(allowed).toStrictEqual([8000, 8000]);
	});

	it.each<[string, Omit<Fault, 'on'>]>([
		['that never ends', { endless: true }],
		['of more than 2 MB', { bytes: 2_200_000 }],
		['of a million entries', { body: `{"data":[${'{},'.repeat(600_000)}0]}` }],
		['in which no entry is a model', { body: { data: [7, { id: 8 }, {}] } }],
	])('with a list %s', async (_name, fault) => {
		cn.fault({ ...fault, on: 'models', times: Infinity });
		const start = performance.now();

		await saysSo(inChina());
		// Long before the time-out, which would end it as well.
		expect(performance.now() - start).toBeLessThan(7000);
	});

	it('with an account that has no image model', async () => {
		cn.fault({ on: 'models', body: { object: 'list', data: [] }, times: Infinity });

		await saysSo(inChina());
	});

	it('and the service is asked again soon after', async () => {
		const credentialId = newCredentialId();
		cn.fault({ ...failures.unknownError, on: 'models', times: 2 });

		await saysSo(inChina({ credentialId }));
		// But not with every key press.
		await saysSo(inChina({ credentialId }));
		expect(cn.requests).toHaveLength(2);
		const soon = Date.now() + 6_000;
		jest.spyOn(Date, 'now').mockImplementation(() => soon);
		expect(ids(await inChina({ credentialId }))).toContain(NEW);
	});

	it('and has the models of both sites if there is no credential', async () => {
		const results = await search({});

		const both = [...CHINA.generate, ...INTERNATIONAL.generate];
		expect(new Set(ids(results))).toStrictEqual(new Set(both));
		for (const { name } of results) {
			expect(name).toMatch(/; built-in list\)$/);
		}
	});
});

describe('The list is cached for a minute', () => {
	it('per credential', async () => {
		const credentialId = newCredentialId();
		await inChina({ credentialId });
		await inChina({ credentialId, filter: 'k' });
		await inChina({ credentialId, operation: 'edit' });
		expect(cn.requests).toHaveLength(2);

		await inChina();
		expect(cn.requests).toHaveLength(4);
	});

	it('and per address', async () => {
		const credentialId = newCredentialId();
		await inChina({ credentialId });

		expect(ids(await abroad({ credentialId }))).toContain('black-forest-labs/FLUX.2-pro');
	});

	it('and no longer', async () => {
		const credentialId = newCredentialId();
		await inChina({ credentialId });
		const start = Date.now();
		const clock = jest.spyOn(Date, 'now').mockImplementation(() => start + 59_000);
		await inChina({ credentialId });
		expect(cn.requests).toHaveLength(2);

		clock.mockImplementation(() => start + 61_000);
		await inChina({ credentialId });
		expect(cn.requests).toHaveLength(4);
	});
});

describe('The requests', () => {
	it('ask for both kinds of image models, with the key', async () => {
		await inChina();

		const seen = cn.requests.map(({ method, url, headers }) => [
			method,
			url,
			headers.authorization,
		]);
		expect(seen.sort()).toStrictEqual([
			['GET', '/v1/models?sub_type=image-to-image', `Bearer ${cn.apiKey}`],
			['GET', '/v1/models?sub_type=text-to-image', `Bearer ${cn.apiKey}`],
		]);
	});

	it('do not follow redirects, which would send the key elsewhere', async () => {
		const location = `${com.baseUrl}/models`;
		cn.fault({ on: 'models', status: 302, headers: { location }, times: 2 });

		expect(ids(await inChina())).toStrictEqual(CHINA.generate);
		expect(com.requests).toStrictEqual([]);
	});
});
