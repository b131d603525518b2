/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSimulator, type Simulator } from '../../simulator';
import { itemsOf, startInstance, type Instance, type Reference } from './support/instance';
import { chain, imageStep, manualTrigger, step } from './support/workflow';

const TYPE = 'siliconFlowImageApi';

/** Who gets the key: this node and the credential test, at the address of the credential alone. */
describe('The key in the real n8n', () => {
	let simulator: Simulator;
	let n8n: Instance;
	/** An address that somebody who may use the credential, or a gateway, would like the key to go to. */
	let elsewhere: Server;
	let seen: string[];

	beforeAll(async () => {
		simulator = await startSimulator();
		n8n = await startInstance();
		elsewhere = createServer((request, response) => {
			seen.push(String(request.headers.authorization));
			response.end('{"data":[]}');
		});
		await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
	});
	beforeEach(() => (seen = []));
	afterAll(async () => {
		elsewhere?.close();
		await n8n?.stop();
		await simulator?.close();
	});

	const address = ({ port }: AddressInfo) => `http://127.0.0.1:${port}`;
	const create = async (more: Record<string, string> = {}): Promise<Reference> => {
		const { baseUrl, apiKey } = simulator;
		return await n8n.createCredential(TYPE, { region: 'custom', baseUrl, apiKey, ...more });
	};
	const test = async (credential: Reference, baseUrl: string, apiKey = simulator.apiKey) => {
		const data = { region: 'custom', baseUrl, apiKey };
		return await n8n.rest.post('/rest/credentials/test', {
			credentials: { ...credential, type: TYPE, data },
		});
	};

	/** Sends the key elsewhere with an HTTP Request step. */
	const send = async (credential: Reference) => {
		const parameters = {
			url: address(elsewhere.address() as AddressInfo),
			authentication: 'predefinedCredentialType',
			nodeCredentialType: TYPE,
		};
		const request = {
			...step('Request', 'n8n-nodes-base.httpRequest', 4.2, parameters),
			credentials: { [TYPE]: { ...credential } },
		};
		const workflow = await n8n.createWorkflow(chain('Send', [manualTrigger(), request]));
		return await n8n.finished(await n8n.start(workflow));
	};

	it('does not leave by an HTTP Request step, while the node and the test work', async () => {
		const credential = await create();
		const { status, data } = await send(credential);
		expect(status).toBe('error');
		expect(data.resultData.error?.message).toContain('configured to prevent use');
		expect(seen).toEqual([]);

		const workflow = await n8n.createWorkflow(
			chain('Own', [manualTrigger(), imageStep('Image', { prompt: 'a fox' }, credential)]),
		);
		const own = await n8n.finished(await n8n.start(workflow));
		expect(itemsOf(own, 'Image')).toHaveLength(1);
		expect(await test(credential, simulator.baseUrl)).toMatchObject({ status: 'OK' });
	});

	it('leaves by an HTTP Request step if its owner allows that', async () => {
		const { status } = await send(await create({ allowedHttpRequestDomains: 'all' }));
		expect(status).toBe('success');
		expect(seen).toEqual([`Bearer ${simulator.apiKey}`]);
	});

	it.each([301, 302, 303, 307, 308])(
		'does not follow a redirect of the test (%i)',
		async (code) => {
			const location = `${address(elsewhere.address() as AddressInfo)}/models`;
			const hop = createServer((_request, response) =>
				response.writeHead(code, { location }).end(),
			);
			await new Promise<void>((resolve) => hop.listen(0, '127.0.0.1', resolve));
			const answer = await test(await create(), address(hop.address() as AddressInfo));
			hop.close();

			expect(answer).toMatchObject({
				status: 'Error',
				message: expect.stringContaining('redirect, which is not followed'),
			});
			expect(seen).toEqual([]);
		},
	);

	it.each([
		['/V1/images/generations?x=1', ''],
		['', '\u200b'],
	])('is accepted with what pasting adds: %j', async (path, invisible) => {
		const { baseUrl, apiKey } = simulator;
		const pasted = baseUrl.replace('/v1', path);
		expect(await test(await create(), pasted, `Bearer ${invisible}${apiKey} `)).toMatchObject({
			status: 'OK',
		});
	});
});
