import fc from 'fast-check';
import {
	DOMAIN_RESTRICTION_FIELDS,
	getCredentialAllowedDomains,
	type ICredentialDataDecryptedObject,
	type INode,
	type INodeProperties,
} from 'n8n-workflow';
import { SiliconFlowImageApi } from '../../credentials/SiliconFlowImageApi.credentials';
import { MapCredentialsHelper } from '../../harness/engine/credentialsHelper';
import { createEngine, type Engine } from '../../harness/engine/engine';
import { openWorkbench } from '../support/workbench';

const TYPE = 'siliconFlowImageApi';

let loader: Engine['loader'];
beforeAll(async () => {
	({ loader } = await createEngine({ credentials: {} }));
});

/** The credential as a run sees it: decrypted, with defaults filled in and expressions resolved. */
async function resolved(typed: ICredentialDataDecryptedObject) {
	const helper = new MapCredentialsHelper(loader, { [TYPE]: typed });
	return await helper.getDecrypted(undefined, undefined, TYPE);
}

const customUrl = async (baseUrl: string) => (await resolved({ region: 'custom', baseUrl })).url;

describe('The address that requests go to', () => {
	it.each([
		['nothing chosen', {}, 'https://api.siliconflow.cn/v1'],
		['China', { region: 'cn' }, 'https://api.siliconflow.cn/v1'],
		['International', { region: 'com' }, 'https://api.siliconflow.com/v1'],
		[
			'China, with a base URL left over from Custom',
			{ region: 'cn', baseUrl: 'https://gateway.example' },
			'https://api.siliconflow.cn/v1',
		],
		[
			'International, with a base URL left over from Custom',
			{ region: 'com', baseUrl: 'https://gateway.example' },
			'https://api.siliconflow.com/v1',
		],
		['Custom, left empty', { region: 'custom', baseUrl: '' }, '/v1'],
	])('%s', async (_name, typed, url) => {
		expect((await resolved({ apiKey: 'sk-1', ...typed })).url).toBe(url);
	});

	it.each([
		['https://gw.example', 'https://gw.example/v1'],
		['https://gw.example/', 'https://gw.example/v1'],
		['https://gw.example///', 'https://gw.example/v1'],
		['https://gw.example/v1', 'https://gw.example/v1'],
		['https://gw.example/v1/', 'https://gw.example/v1'],
		['https://gw.example/v1//', 'https://gw.example/v1'],
		['https://gw.example/v2', 'https://gw.example/v2'],
		['https://gw.example/v12/', 'https://gw.example/v12'],
		['  https://gw.example/v1  ', 'https://gw.example/v1'],
		['\thttps://gw.example/ \n', 'https://gw.example/v1'],
		['https://gw.example/v1/images/generations', 'https://gw.example/v1'],
		['https://gw.example/v1/images/generations/', 'https://gw.example/v1'],
		['https://gw.example/v2/images/generations', 'https://gw.example/v2'],
		['https://gw.example/images/generations', 'https://gw.example/v1'],
		['https://gw.example/siliconflow', 'https://gw.example/siliconflow/v1'],
		['https://gw.example/Team%20A/api/', 'https://gw.example/Team%20A/api/v1'],
		['https://gw.example/v1/proxy', 'https://gw.example/v1/proxy/v1'],
		['https://v1.example', 'https://v1.example/v1'],
		['http://127.0.0.1:8790/v1', 'http://127.0.0.1:8790/v1'],
		['http://[::1]:8790', 'http://[::1]:8790/v1'],
		['gw.example', 'https://gw.example/v1'],
		['gw.example/v1/', 'https://gw.example/v1'],
		['gw.example:8443/api', 'https://gw.example:8443/api/v1'],
		['//gw.example/v1', 'https://gw.example/v1'],
		['https:/gw.example', 'https://gw.example/v1'],
		['HTTPS://gw.example', 'https://gw.example/v1'],
		['http:gw.example', 'http://gw.example/v1'],
		['https://gw.example/V1', 'https://gw.example/v1'],
		['https://gw.example/V1/Images/Generations', 'https://gw.example/v1'],
		['https://gw.example/v1?model=all', 'https://gw.example/v1'],
		['https://gw.example/v1/?a=b/c&d', 'https://gw.example/v1'],
		['https://gw.example/v1/images/generations?x=1#top', 'https://gw.example/v1'],
		['https://gw.example/#/account', 'https://gw.example/v1'],
		['\u200bhttps://gw.example/v1\u200b', 'https://gw.example/v1'],
	])('%j becomes %s', async (typed, url) => {
		expect(await customUrl(typed)).toBe(url);
	});

	it('a double slash in a pasted URL does no harm', async () => {
		expect(await customUrl('https://gw.example/v1//images/generations')).toBe(
			'https://gw.example/v1',
		);
	});

	it('does not change when the resulting URL is entered again', async () => {
		const part = fc.constantFrom(
			...['/', '/v1', '/V2', '/api', '/images/generations', ' ', '?a=b'],
		);
		const start = fc.constantFrom('https://', 'http://', '', '//', 'https:');
		const address = fc
			.tuple(start, fc.array(part, { maxLength: 4 }))
			.map(([scheme, parts]) => `${scheme}a.example${parts.join('')}`);
		await fc.assert(
			fc.asyncProperty(address, async (typed) => {
				const once = await customUrl(typed);
				expect(await customUrl(once as string)).toBe(once);
			}),
			{ numRuns: 40 },
		);
	});
});

describe('The key', () => {
	it('is sent as a Bearer token', () => {
		expect(new SiliconFlowImageApi().authenticate).toEqual({
			type: 'generic',
			properties: {
				headers: { Authorization: expect.stringMatching(/^=Bearer \{\{.*\$credentials\.apiKey/) },
			},
		});
	});

	it('reaches the service unchanged', async () => {
		const bench = await openWorkbench({
			simulator: { apiKey: 'sk-$&"{{ 1 + 1 }}' },
			credential: { apiKey: 'sk-$&"{{ 1 + 1 }}' },
		});
		const { error } = await bench.step({ prompt: 'a fox', options: { download: false } });
		await bench.close();

		expect(error).toBeUndefined();
		expect(bench.simulator.generations[0].headers.authorization).toBe('Bearer sk-$&"{{ 1 + 1 }}');
	});

	it.each([
		['blanks around it', '  sk-simulator-0000\r\n'],
		['a zero-width space inside', 'sk-simulator\u200b-0000'],
		['a byte order mark and a no-break space', '\ufeffsk-simulator-0000\u00a0'],
		['a line break inside', 'sk-simulator\n-0000'],
		['the word Bearer', 'Bearer sk-simulator-0000'],
	])('is sent and searched for without %s', async (_name, apiKey) => {
		const bench = await openWorkbench({ credential: { apiKey } });
		try {
			const good = await bench.step({ prompt: 'a fox', options: { download: false } });
			bench.simulator.fault({ status: 400, body: { message: 'no sk-simulator-0000 here' } });
			const echoed = await bench.step({ prompt: 'a fox' });

			expect(good.error).toBeUndefined();
			const [{ headers }] = bench.simulator.generations;
			expect(headers.authorization).toBe('Bearer sk-simulator-0000');
			expect(echoed.error?.message).toContain('no *** here');
		} finally {
			await bench.close();
		}
	});

	it.each([
		['a letter of another alphabet', 'sk-simul\u0430tor-0000', 'no key has (U+0430)'],
		['a typographic dash', 'sk\u2013simulator-0000', 'no key has (U+2013)'],
		['an emoji', 'sk-simulator\u{1f511}', 'no key has (U+1F511)'],
		['nothing but blanks', ' \u200b ', "'API Key' in the credential is empty"],
	])('is refused with %s', async (_name, apiKey, message) => {
		const bench = await openWorkbench({ credential: { apiKey } });
		const { error } = await bench.step({ prompt: 'a fox' });
		await bench.close();

		expect(error?.message).toContain(message);
		expect(error?.description).toContain('enter the key again');
		expect(bench.simulator.requests).toEqual([]);
	});
});

/** n8n's own rule for its HTTP Request and GraphQL steps, with the credential as such a step gets it. */
describe('A step that is not this node', () => {
	const node = {} as INode;
	const domainsFor = async (stored: ICredentialDataDecryptedObject) =>
		getCredentialAllowedDomains({ node, credentialData: await resolved(stored) });

	it('may not send the key anywhere, unless its owner allows that', async () => {
		await expect(domainsFor({ apiKey: 'sk-1' })).rejects.toThrow('prevent use within');
	});

	it('may send it where its owner says', async () => {
		const stored = { apiKey: 'sk-1', allowedHttpRequestDomains: 'domains' };

		await expect(domainsFor({ ...stored, allowedDomains: 'gw.example' })).resolves.toBe(
			'gw.example',
		);
		await expect(domainsFor({ ...stored, allowedDomains: '' })).rejects.toThrow(
			'No allowed domains',
		);
	});

	it('finds the choices that n8n gives every credential', () => {
		const own = new SiliconFlowImageApi().properties;
		const [mode, list] = DOMAIN_RESTRICTION_FIELDS;
		const choices = (field?: INodeProperties) =>
			(field?.options as Array<{ name: string; value: string }>).map(({ name, value }) => [
				name,
				value,
			]);

		const ownMode = own.find(({ name }) => name === mode.name);
		expect(choices(ownMode)).toEqual(choices(mode));
		expect(own.find(({ name }) => name === list.name)?.displayOptions).toEqual(list.displayOptions);
	});
});

describe('The credential test', () => {
	const { request, rules } = new SiliconFlowImageApi().test;
	const codes = rules?.map(({ type, properties }) => [
		type,
		'value' in properties && properties.value,
	]);

	it('requests the model list, never an image, which would be billed', () => {
		expect(request).toStrictEqual({
			baseURL: '={{$credentials.url}}',
			url: '/models',
			qs: { type: 'image' },
			disableFollowRedirect: true,
		});
	});

	it('says what to do about a bad key, a wrong address and a redirect', () => {
		expect(codes).toStrictEqual(
			[401, 404, 301, 302, 303, 307, 308].map((value) => ['responseCode', value]),
		);
	});
});

it('The documentation link is a web address', () => {
	expect(new SiliconFlowImageApi().documentationUrl).toMatch(/^https:\/\/github\.com\//);
});
