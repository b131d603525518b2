import fc from 'fast-check';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
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
	])('%j becomes %s', async (typed, url) => {
		expect(await customUrl(typed)).toBe(url);
	});

	it('a double slash in a pasted URL does no harm', async () => {
		expect(await customUrl('https://gw.example/v1//images/generations')).toBe(
			'https://gw.example/v1',
		);
	});

	it('does not change when the resulting URL is entered again', async () => {
		const part = fc.constantFrom('/', '/v1', '/v2', '/api', '/images/generations', ' ');
		const address = fc
			.array(part, { maxLength: 4 })
			.map((parts) => `https://a.example${parts.join('')}`);
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
		expect(new SiliconFlowImageApi().authenticate).toStrictEqual({
			type: 'generic',
			properties: {
				headers: { Authorization: '=Bearer {{String($credentials.apiKey ?? "").trim()}}' },
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
});

describe('The credential test', () => {
	it('requests the model list, never an image, which would be billed', () => {
		expect(new SiliconFlowImageApi().test.request).toStrictEqual({
			baseURL: '={{$credentials.url}}',
			url: '/models',
			qs: { type: 'image' },
		});
	});

	it('says what to do about a bad key and a wrong address', () => {
		const { rules } = new SiliconFlowImageApi().test;

		expect(
			rules?.map(({ type, properties }) => [type, 'value' in properties && properties.value]),
		).toStrictEqual([
			['responseCode', 401],
			['responseCode', 404],
		]);
	});
});

it('The documentation link is a web address', () => {
	expect(new SiliconFlowImageApi().documentationUrl).toMatch(/^https:\/\/github\.com\//);
});
