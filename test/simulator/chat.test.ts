import {
	startChatModel,
	type ChatMessage,
	type ChatModel,
	type ChatTool,
} from '../../simulator/chat/chatModel';
import { imageAssistant } from '../../simulator/chat/imageAssistant';

/** The chat model that stands in for a real one, so that the agent example works offline. */

const tool = (name: string, description: string, fields: string[]): ChatTool => ({
	function: {
		name,
		description,
		parameters: { properties: Object.fromEntries(fields.map((field) => [field, {}])) },
	},
});
const GENERATE = tool('Generate_image', '', ['Prompt']);
const EDIT = tool('Edit_image', '', ['Prompt', 'Image_URL']);
const TOOLS = [EDIT, GENERATE];

const user = (content: ChatMessage['content']) => ({ role: 'user', content });
const turn = (messages: ChatMessage[], tools = TOOLS) =>
	imageAssistant({ model: 'any', messages, tools });

describe('The assistant', () => {
	it.each([
		['Draw a lighthouse at night'],
		['a fox in the snow'],
		['Make me a poster'],
		['help me draw a cat'],
	])('generates: %s', (wish) => {
		expect(turn([user(wish)])).toStrictEqual({ call: 'Generate_image', args: { Prompt: wish } });
	});

	it.each([['Make it a sunny morning'], ['Add a boat'], ['please edit the sky']])(
		'edits the newest image: %s',
		(wish) => {
			const messages = [
				user('Draw a lighthouse'),
				{ role: 'assistant', content: '![a](http://host/1.png) ![b](http://host/2.png?a=1&b=2)' },
				user(wish),
			];

			expect(turn(messages)).toStrictEqual({
				call: 'Edit_image',
				args: { Prompt: wish, Image_URL: 'http://host/2.png?a=1&b=2' },
			});
		},
	);

	it('edits an uploaded image, whether it sees it or is told', () => {
		const wish = 'a winter scene';
		const call = { call: 'Edit_image', args: { Prompt: wish, Image_URL: '' } };
		const seen = user([{ type: 'text', text: wish }, { type: 'image_url' }]);
		const told = { role: 'system', content: 'The user has uploaded an image.' };

		expect(turn([seen])).toStrictEqual(call);
		expect(turn([user(wish), user([{ type: 'image_url' }])])).toStrictEqual(call);
		expect(turn([told, user(wish)])).toStrictEqual(call);
	});

	it('asks for an image when there is none to edit', () => {
		expect(turn([user('Make it blue')])).toHaveProperty('say', expect.stringContaining('Which'));
	});

	it.each([
		['a wide view of a valley', '16:9'],
		['a tall tower', '9:16'],
		['a fox', ''],
	])('asks for the shape: %s', (wish, size) => {
		const generate = tool('Generate_image', '', ['Prompt', 'Image_Size']);

		expect(turn([user(wish)], [generate])).toHaveProperty('args.Image_Size', size);
	});

	it('chooses by description when the names do not tell', () => {
		const one = tool('one', 'Edit image in SiliconFlow Image', ['Prompt']);
		const two = tool('two', 'Generate image in SiliconFlow Image', ['Prompt']);

		expect(turn([user('a fox')], [one, two])).toHaveProperty('call', 'two');
	});

	it('says that it has no tool for the work', () => {
		expect(turn([user('a fox')], [EDIT])).toStrictEqual({
			say: 'I have no tool that can generate images.',
		});
	});

	it.each([['Hello!'], ['help'], ['Thank you']])('says what it can do: %s', (wish) => {
		expect(turn([user(wish)])).toHaveProperty('say', expect.stringContaining('Draw'));
	});

	it('shows the images of the result as Markdown', () => {
		const content = '[{"url":"http://host/1.png?X=1&Y=2"},{"url":"http://host/2.png"}]';

		expect(turn([user('foxes [at 8]'), { role: 'tool', content }])).toStrictEqual({
			say: 'Here it is:\n\n![foxes at 8](http://host/1.png?X=1&Y=2)\n\n![foxes at 8](http://host/2.png)',
		});
	});

	it('passes on why a tool failed', () => {
		expect(turn([user('a fox'), { role: 'tool', content: 'Balance too low' }])).toStrictEqual({
			say: 'That did not work: Balance too low',
		});
	});
});

describe('The server', () => {
	let model: ChatModel;
	beforeAll(async () => (model = await startChatModel(imageAssistant)));
	afterAll(async () => await model.close());

	const ask = async (more: object) =>
		await fetch(`${model.baseUrl}/chat/completions`, {
			method: 'POST',
			body: JSON.stringify({ model: 'any', messages: [user('a fox')], tools: TOOLS, ...more }),
		});

	it('answers with a call of a tool', async () => {
		expect(await (await ask({})).json()).toMatchObject({
			object: 'chat.completion',
			choices: [
				{
					finish_reason: 'tool_calls',
					message: {
						tool_calls: [{ function: { name: 'Generate_image', arguments: '{"Prompt":"a fox"}' } }],
					},
				},
			],
		});
		expect(model.requests.at(-1)).toMatchObject({ messages: [user('a fox')] });
	});

	it('streams the same answer as events', async () => {
		const response = await ask({ stream: true, messages: [user('Hello')] });
		expect(response.headers.get('content-type')).toBe('text/event-stream');
		const events = (await response.text()).trim().split('\n\n');
		expect(events.at(-1)).toBe('data: [DONE]');
		const [first] = events.map((event) => event.replace(/^data: /, ''));
		expect(JSON.parse(first)).toMatchObject({
			object: 'chat.completion.chunk',
			choices: [{ delta: { role: 'assistant', content: expect.stringContaining('Draw') } }],
		});
	});

	it('lists a model, which is how n8n tests the credential, and refuses other paths', async () => {
		const list = await fetch(`${model.baseUrl}/models`);
		expect(await list.json()).toHaveProperty('data', [{ id: 'simulator', object: 'model' }]);
		expect((await fetch(`${model.baseUrl}/embeddings`)).status).toBe(404);
	});
});
