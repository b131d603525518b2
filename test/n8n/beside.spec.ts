import { installPackages } from '../../harness/n8n/instance/userFolder';
import { startSimulator, type Simulator } from '../../simulator';
import { startChatModel, type ChatModel } from '../../simulator/chat/chatModel';
import { itemsOf, startInstance, type Instance } from './support/instance';
import { newUserFolder } from './support/userFolders';
import { chain, imageStep, manualTrigger, NODE_TYPE, step } from './support/workflow';

/** Another SiliconFlow package, for chat. Its credential has a similar name. */
const OTHER = 'n8n-nodes-siliconflow';
const OTHER_VERSION = '1.4.2';

describe('Beside another SiliconFlow package in one n8n', () => {
	let simulator: Simulator;
	let chatModel: ChatModel;
	let n8n: Instance;

	beforeAll(async () => {
		simulator = await startSimulator();
		chatModel = await startChatModel(() => ({ say: 'A heron, I think.' }));
		const userFolder = newUserFolder();
		await installPackages(userFolder, [`${OTHER}@${OTHER_VERSION}`]);
		n8n = await startInstance({}, userFolder);
	});
	afterAll(async () => {
		await n8n?.stop();
		await chatModel?.close();
		await simulator?.close();
	});

	it('offers the nodes and credentials of both', async () => {
		const names = async (kind: string) =>
			((await (await n8n.rest.raw(`/types/${kind}.json`)).json()) as Array<{ name: string }>).map(
				({ name }) => name,
			);
		expect(await names('nodes')).toEqual(
			expect.arrayContaining([NODE_TYPE, `${OTHER}.siliconFlow`]),
		);
		expect(await names('credentials')).toEqual(
			expect.arrayContaining(['siliconFlowImageApi', 'siliconFlowApi']),
		);
	});

	it('runs both in one workflow, each with its own credential', async () => {
		const { baseUrl, apiKey } = simulator;
		const ours = await n8n.createCredential('siliconFlowImageApi', {
			region: 'custom',
			baseUrl,
			apiKey,
		});
		const theirs = await n8n.createCredential('siliconFlowApi', {
			apiKey: 'unused',
			baseUrl: chatModel.baseUrl,
		});
		const chat = step('Chat', `${OTHER}.siliconFlow`, 1, {
			resource: 'chat',
			operation: 'complete',
			model: 'Qwen/Qwen3-8B',
			messages: { messageValues: [{ role: 'user', content: 'Which bird is this?' }] },
		});
		const workflow = await n8n.createWorkflow(
			chain('Both', [
				manualTrigger(),
				imageStep('Image', { prompt: 'a heron' }, ours),
				{ ...chat, credentials: { siliconFlowApi: theirs } },
			]),
		);
		const execution = await n8n.finished(await n8n.start(workflow));
		expect(execution.data.resultData.error).toBeUndefined();
		expect(itemsOf(execution, 'Image')[0].binary?.data.mimeType).toBe('image/png');
		expect(JSON.stringify(itemsOf(execution, 'Chat'))).toContain('A heron, I think.');
		expect(simulator.imagesMade).toBe(1);
	});
});
