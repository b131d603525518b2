import { randomUUID } from 'node:crypto';
import { dataUrlOf, testImage } from '../../harness/engine/testImages';
import { startSimulator, type Simulator } from '../../simulator';
import { startChatModel, type ChatModel } from '../../simulator/chat/chatModel';
import { imageAssistant } from '../../simulator/chat/imageAssistant';
import { CHAT_TRIGGER, openChat, type Chat } from './support/chat';
import { fetchBytes, imagesIn, isPng } from './support/images';
import { startInstance, type Instance } from './support/instance';
import { chain, imageStep, model, NODE_TYPE, step, type Workflow } from './support/workflow';

const fromAi = (name: string, description: string) =>
	`={{ $fromAI('${name}', '${description}', 'string') }}`;

describe('AI agent with both operations as tools', () => {
	let simulator: Simulator;
	let chatModel: ChatModel;
	let n8n: Instance;
	let chat: Chat;

	beforeAll(async () => {
		simulator = await startSimulator();
		chatModel = await startChatModel(imageAssistant);
		n8n = await startInstance();
		chat = await openChat(n8n, await agentWorkflow());
	});
	afterAll(async () => {
		await n8n?.stop();
		await chatModel?.close();
		await simulator?.close();
	});
	beforeEach(() => {
		simulator.reset();
		chatModel.requests.length = 0;
	});

	async function agentWorkflow(): Promise<Workflow> {
		const { baseUrl, apiKey } = simulator;
		const data = { region: 'custom', baseUrl, apiKey };
		const imageKey = await n8n.createCredential('siliconFlowImageApi', data);
		const { baseUrl: url } = chatModel;
		const chatKey = await n8n.createCredential('openAiApi', { apiKey: 'unused', url });
		const workflow = chain('Painter', [
			{
				...step('When chat message received', CHAT_TRIGGER, 1.4, {
					options: { allowFileUploads: true },
				}),
				webhookId: randomUUID(),
			},
			step('Agent', '@n8n/n8n-nodes-langchain.agent', 3),
		]);
		const language = {
			...step('Chat Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2, {
				model: { __rl: true, mode: 'id', value: 'scripted' },
			}),
			credentials: { openAiApi: chatKey },
		};
		const generate = imageStep(
			'Generate image',
			{ prompt: fromAi('Prompt', 'What the image shows') },
			imageKey,
		);
		const edit = imageStep(
			'Edit image',
			{
				operation: 'edit',
				model: model('Qwen/Qwen-Image-Edit-2509'),
				prompt: fromAi('Prompt', 'What changes'),
				images: {
					image: [
						{
							source: 'binary',
							binaryPropertyName: "={{ $('When chat message received').item.binary.data0 }}",
						},
					],
				},
			},
			imageKey,
		);
		const tools = [edit, generate].map((tool) => ({ ...tool, type: `${NODE_TYPE}Tool` }));
		const into = (type: string) => ({ [type]: [[{ node: 'Agent', type, index: 0 }]] });
		return {
			...workflow,
			nodes: [...workflow.nodes, language, ...tools],
			connections: {
				...workflow.connections,
				'Chat Model': into('ai_languageModel'),
				'Edit image': into('ai_tool'),
				'Generate image': into('ai_tool'),
			},
		};
	}

	it('tells the model the two apart by name and description', async () => {
		await chat.say('Hello');

		const tools = chatModel.requests[0].tools!.map((tool) => tool.function);
		const byName = [...tools].sort((a, b) => a.name.localeCompare(b.name));
		expect(byName.map(({ name, description }) => [name, description])).toStrictEqual([
			[
				'Edit_image',
				'Edit images as a text prompt describes. Returns the URL of each new image, which expires after one hour.',
			],
			[
				'Generate_image',
				'Generate images from a text prompt. Returns the URL of each image, which expires after one hour.',
			],
		]);
		const fields = byName.map(({ parameters }) => parameters.properties);
		expect(fields).toMatchObject([
			{ Prompt: { type: 'string', description: 'What changes' } },
			{ Prompt: { type: 'string', description: 'What the image shows' } },
		]);
		expect(simulator.generations).toStrictEqual([]);
	});

	it('generates the image that a person asks for and shows it in the chat', async () => {
		const answer = await chat.say('Draw two herons at dawn');

		expect(simulator.generations.map(({ body }) => body)).toMatchObject([
			{ model: 'Kwai-Kolors/Kolors', prompt: 'Draw two herons at dawn' },
		]);
		const links = imagesIn(answer);
		expect(links).toStrictEqual(simulator.generations[0].images);
		expect(isPng(await fetchBytes(links[0]))).toBe(true);
	});

	it('edits the image that a person uploads in the chat', async () => {
		const photo = testImage('png', 3);
		const answer = await chat.say('Make it snow', photo);

		expect(simulator.generations.map(({ body }) => body)).toMatchObject([
			{
				model: 'Qwen/Qwen-Image-Edit-2509',
				prompt: 'Make it snow',
				image: dataUrlOf(photo),
			},
		]);
		expect(imagesIn(answer)).toStrictEqual(simulator.generations[0].images);
	});
});
