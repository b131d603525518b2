import { startSimulator, type Simulator } from '../../simulator';
import { startChatModel, type ChatModel, type ChatRequest, type Turn } from './support/chatModel';
import { itemsOf, startInstance, type Instance } from './support/instance';
import {
	chain,
	imageStep,
	manualTrigger,
	NODE_TYPE,
	step,
	type Workflow,
} from './support/workflow';

const PROMPT = 'a watercolour of two herons at dawn';

/** Calls the tool for an image, then tells the person its URL. */
function painter({ messages }: ChatRequest): Turn {
	const result = messages.find(({ role }) => role === 'tool');
	if (result === undefined) return { callTool: { Prompt: PROMPT } };
	const url = /https?:\/\/[^"\\\s]+/.exec(result.content)?.[0];
	return { say: `Here is your image: ${url}` };
}

describe('AI agent with the node as its tool', () => {
	let simulator: Simulator;
	let chatModel: ChatModel;
	let n8n: Instance;

	beforeAll(async () => {
		simulator = await startSimulator();
		chatModel = await startChatModel(painter);
		n8n = await startInstance();
	});
	afterAll(async () => {
		await n8n?.stop();
		await chatModel?.close();
		await simulator?.close();
	});

	async function agentWorkflow(): Promise<Workflow> {
		const { baseUrl, apiKey } = simulator;
		const imageKey = await n8n.createCredential('siliconFlowImageApi', {
			region: 'custom',
			baseUrl,
			apiKey,
		});
		const chatKey = await n8n.createCredential('openAiApi', {
			apiKey: 'unused',
			url: chatModel.baseUrl,
		});
		const workflow = chain('Painter', [
			manualTrigger(),
			step('Agent', '@n8n/n8n-nodes-langchain.agent', 3, {
				promptType: 'define',
				text: 'Paint me some birds',
			}),
		]);
		const model = {
			...step('Chat Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2, {
				model: { __rl: true, mode: 'id', value: 'scripted' },
			}),
			credentials: { openAiApi: chatKey },
		};
		const tool = {
			...imageStep(
				'Paint',
				{ prompt: "={{ $fromAI('Prompt', 'What the image shows', 'string') }}" },
				imageKey,
			),
			type: `${NODE_TYPE}Tool`,
		};
		const into = (type: string) => ({ [type]: [[{ node: 'Agent', type, index: 0 }]] });
		return {
			...workflow,
			nodes: [...workflow.nodes, model, tool],
			connections: {
				...workflow.connections,
				'Chat Model': into('ai_languageModel'),
				Paint: into('ai_tool'),
			},
		};
	}

	it('makes the image that the model asks for and gives the person its URL', async () => {
		const workflow = await n8n.createWorkflow(await agentWorkflow());
		const execution = await n8n.finished(await n8n.start(workflow));
		expect(execution.data.resultData.error).toBeUndefined();
		expect(execution.status).toBe('success');

		const [{ function: tool }] = chatModel.requests[0].tools!;
		expect(Object.keys(tool.parameters.properties)).toEqual(['Prompt']);
		expect(simulator.generations.map(({ body }) => body)).toMatchObject([{ prompt: PROMPT }]);

		const { output } = itemsOf(execution, 'Agent')[0].json as { output: string };
		const [link] = simulator.generations[0].images!;
		expect(output).toBe(`Here is your image: ${link}`);
		const image = Buffer.from(await (await fetch(link)).arrayBuffer());
		expect(image.subarray(1, 4).toString()).toBe('PNG');
	});
});
