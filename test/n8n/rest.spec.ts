import type { INodeTypeDescription } from 'n8n-workflow';
import { freePorts } from '../../harness/n8n/process/ports';
import { capabilitiesOf, modelIdsFor } from '../../nodes/SiliconFlowImage/contract/catalog';
import type { Operation } from '../../nodes/SiliconFlowImage/contract/operations';
import { startSimulator, type Simulator } from '../../simulator';
import { startInstance, type Instance, type Reference } from './support/instance';
import { NODE_TYPE } from './support/workflow';

/** What the editor requests from n8n before anything runs. */
describe('Editor backend', () => {
	let simulator: Simulator;
	let n8n: Instance;
	let credential: Reference;

	beforeAll(async () => {
		simulator = await startSimulator();
		n8n = await startInstance();
		const { baseUrl, apiKey } = simulator;
		credential = await n8n.createCredential('siliconFlowImageApi', {
			region: 'custom',
			baseUrl,
			apiKey,
		});
	});
	afterAll(async () => {
		await n8n?.stop();
		await simulator?.close();
	});

	const types = async () =>
		(await (await n8n.rest.raw('/types/nodes.json')).json()) as Array<
			INodeTypeDescription & { iconUrl: { light: string; dark: string } }
		>;

	it('offers the node, and a tool for agents', async () => {
		const names = (await types()).map(({ name }) => name);
		expect(names.filter((name) => name.startsWith('n8n-nodes-siliconflow-image.'))).toEqual([
			NODE_TYPE,
			`${NODE_TYPE}Tool`,
		]);
	});

	it('serves a light and a dark icon that differ', async () => {
		const { iconUrl } = (await types()).find(({ name }) => name === NODE_TYPE)!;
		const icons = [iconUrl.light, iconUrl.dark].map(async (path) => {
			const response = await n8n.rest.raw(`/${path}`);
			expect(response.status).toBe(200);
			expect(response.headers.get('content-type')).toContain('image/svg+xml');
			return await response.text();
		});
		const [light, dark] = await Promise.all(icons);
		expect(light).toContain('<svg');
		expect(dark).toContain('<svg');
		expect(dark).not.toBe(light);
	});

	const testCredential = async (data: { apiKey: string; baseUrl: string }) =>
		await n8n.rest.post('/rest/credentials/test', {
			credentials: {
				...credential,
				type: 'siliconFlowImageApi',
				data: { region: 'custom', ...data },
			},
		});

	it('says that a good key works', async () => {
		const { apiKey, baseUrl } = simulator;
		expect(await testCredential({ apiKey, baseUrl })).toEqual({
			status: 'OK',
			message: 'Connection successful!',
		});
	});

	it('says what to check about a bad key', async () => {
		const { baseUrl } = simulator;
		const answer = await testCredential({ apiKey: 'sk-wrong', baseUrl });
		expect(answer).toMatchObject({ status: 'Error' });
		expect(answer).toHaveProperty(
			'message',
			expect.stringContaining('does not accept this API key'),
		);
		expect(answer).toHaveProperty('message', expect.stringContaining('Region'));
	});

	it('says that nothing answers at the address', async () => {
		const [nobody] = await freePorts(1);
		const { apiKey } = simulator;
		const answer = await testCredential({ apiKey, baseUrl: `http://127.0.0.1:${nobody}/v1` });
		expect(answer).toEqual({
			status: 'Error',
			message: expect.stringMatching(/refused|ECONNREFUSED/),
		});
	});

	it.each<Operation>(['generate', 'edit'])('lists the models that can %s', async (operation) => {
		const list = async (filter?: string) =>
			(
				await n8n.rest.post<{ results: Array<{ name: string; value: string }> }>(
					'/rest/dynamic-node-parameters/resource-locator-results',
					{
						path: 'parameters.model',
						methodName: 'searchModels',
						nodeTypeAndVersion: { name: NODE_TYPE, version: 1 },
						currentNodeParameters: { operation },
						credentials: { siliconFlowImageApi: credential },
						filter,
					},
				)
			).results;
		const known = modelIdsFor(operation, 'cn');
		const listed = (await list()).map(({ value }) => value);
		expect(listed.slice(0, known.length)).toEqual(known);
		// Models that are not in the table come last.
		const others = listed.slice(known.length).map((id) => capabilitiesOf(id, 'cn').known);
		expect(others).not.toContain(true);

		const [, second] = known;
		expect((await list(second.toLowerCase())).map(({ value }) => value)).toContain(second);
		expect(await list('no such model')).toEqual([]);
	});
});
