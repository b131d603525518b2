import { NodeHelpers, type INodeTypeDescription } from 'n8n-workflow';
import { dataUrlOf, testImage } from '../../harness/engine/testImages';
import { exampleNames } from '../../harness/examples';
import { waitUntil } from '../../harness/n8n/process/processes';
import type { Simulator } from '../../simulator';
import { openChat } from './support/chat';
import { openExampleStage, type ExampleStage } from './support/exampleStage';
import { bytesOf, fetchBytes, imagesIn, isPng } from './support/images';
import { itemsOf, type Instance } from './support/instance';
import { connectMcp } from './support/mcpClient';

/** Every example is imported into the real n8n and used as its note says. */

let stage: ExampleStage;
let simulator: Simulator;
let n8n: Instance;
beforeAll(async () => {
	stage = await openExampleStage();
	({ simulator, n8n } = stage);
});
afterAll(async () => await stage?.close());
beforeEach(() => simulator.reset());

/** Publishes the example and returns the URL of its trigger. */
async function published(name: string, kind: string, path?: string) {
	const workflow = await n8n.createWorkflow(stage.imported(name));
	await n8n.publish(workflow);
	const webhookId = workflow.nodes.find((node) => node.webhookId)!.webhookId!;
	return { url: `${n8n.server.url}/${kind}/${path ?? webhookId}`, workflow };
}

/** Presses "Execute workflow" and waits for the end. */
async function executed(name: string) {
	const workflow = await n8n.createWorkflow(stage.imported(name));
	const trigger = workflow.nodes.find(({ type }) => type.endsWith('manualTrigger'))!;
	const execution = await n8n.finished(await n8n.start(workflow, trigger.name));
	expect(execution.data.resultData.error).toBeUndefined();
	expect(execution.status).toBe('success');
	return execution;
}

const sentBodies = () => simulator.generations.map(({ body }) => body);

const USES: Record<string, () => Promise<void>> = {
	async 'generate-then-edit.json'() {
		const execution = await executed('generate-then-edit.json');

		const files = ['Generate image', 'Edit image'].map(
			(step) => itemsOf(execution, step)[0].binary!.data,
		);
		expect(files).toMatchObject([
			{ fileName: 'lighthouse.png', mimeType: 'image/png' },
			{ fileName: 'lighthouse-morning.png', mimeType: 'image/png' },
		]);
		const [link] = simulator.generations[0].images!;
		expect(sentBodies()[1]).toMatchObject({ image: dataUrlOf(await fetchBytes(link)) });
	},

	async 'edit-from-form.json'() {
		const { url } = await published('edit-from-form.json', 'form');
		const isOpen = async () => (await (await fetch(url)).text()).includes('Edit a photo');
		await waitUntil(isOpen, 'The form is open');
		const photo = testImage('png', 5);
		const form = new FormData();
		form.set('field-0', new Blob([new Uint8Array(photo)], { type: 'image/png' }), 'photo.png');
		form.set('field-1', 'make it look like winter');
		const submitted = await fetch(url, { method: 'POST', body: form });
		const { formWaitingUrl } = (await submitted.json()) as { formWaitingUrl: string };

		// What the page does until the last page is there.
		const status = new URL(formWaitingUrl);
		status.pathname += '/n8n-execution-status';
		const isWaiting = async () => (await (await fetch(status)).text()).trim() === 'form-waiting';
		await waitUntil(isWaiting, 'The last page is there');
		const page = await (await fetch(formWaitingUrl)).text();
		expect(sentBodies()).toMatchObject([
			{
				model: 'Qwen/Qwen-Image-Edit',
				prompt: 'make it look like winter',
				image: dataUrlOf(photo),
			},
		]);
		const [link] = simulator.generations[0].images!;
		expect(page.replaceAll('&amp;', '&').replaceAll('&quot;', '"')).toContain(`<img src="${link}"`);
		expect(isPng(await fetchBytes(link))).toBe(true);
	},

	async 'combine-images.json'() {
		const execution = await executed('combine-images.json');

		expect(itemsOf(execution, 'Edit image')).toHaveLength(1);
		const links = simulator.generations.slice(0, 3).map(({ images }) => images![0]);
		const prompts = simulator.generations.map(({ body }) => (body as { prompt: string }).prompt);
		const given = ['armchair', 'cat', 'living room'].map((word) =>
			prompts.findIndex((prompt) => prompt.includes(word)),
		);
		const [image, image2, image3] = await Promise.all(
			given.map(async (index) => dataUrlOf(await fetchBytes(links[index]))),
		);
		expect(sentBodies().slice(3)).toMatchObject([
			{ model: 'Qwen/Qwen-Image-Edit-2509', image, image2, image3 },
		]);
	},

	async 'product-list.json'() {
		const execution = await executed('product-list.json');

		const ready = itemsOf(execution, 'Ready for the shop');
		expect(ready).toMatchObject(
			[
				['CH-001', 'Oak chair'],
				['VA-014', 'Blue vase'],
				['RU-032', 'Wool rug'],
			].map(([sku, title]) => ({
				json: { sku, title, altText: `Photo of ${title}`, model: 'Qwen/Qwen-Image' },
				binary: { data: { fileName: expect.stringContaining(sku), mimeType: 'image/png' } },
			})),
		);
		expect(itemsOf(execution, 'Needs a look').map(({ json }) => json)).toStrictEqual([
			{ sku: 'LA-007', problem: expect.stringContaining('Prompt') },
		]);
		expect(simulator.imagesMade).toBe(3);
	},

	async 'webhook.json'() {
		const { url } = await published('webhook.json', 'webhook', 'generate-image');
		const isOpen = async () => (await (await fetch(url)).text()).includes('POST');
		await waitUntil(isOpen, 'The webhook is open');
		// What curl -d sends.
		const body = new URLSearchParams({ prompt: 'a fox in the snow' });
		const response = await fetch(url, { method: 'POST', body });

		expect(response.headers.get('content-type')).toBe('image/png');
		expect(sentBodies()).toMatchObject([{ prompt: 'a fox in the snow' }]);
		const bytes = await bytesOf(response);
		const [link] = simulator.generations[0].images!;
		expect(isPng(bytes)).toBe(true);
		expect(bytes.equals(await fetchBytes(link))).toBe(true);
	},

	async 'chat-agent.json'() {
		const chat = await openChat(n8n, stage.imported('chat-agent.json'));
		const drawn = imagesIn(await chat.say('Draw a lighthouse at night'));
		expect(drawn).toHaveLength(1);
		expect(isPng(await fetchBytes(drawn[0]))).toBe(true);

		const changed = imagesIn(await chat.say('Make it a sunny morning'));
		expect(changed).toHaveLength(1);
		expect(changed).not.toStrictEqual(drawn);

		const photo = testImage('png', 7);
		const uploaded = imagesIn(await chat.say('Turn this into a poster', photo));
		expect(isPng(await fetchBytes(uploaded[0]))).toBe(true);
		expect(sentBodies()).toMatchObject([
			{
				model: 'Qwen/Qwen-Image',
				prompt: 'Draw a lighthouse at night',
				image_size: '1328x1328',
			},
			{ model: 'Qwen/Qwen-Image-Edit', prompt: 'Make it a sunny morning', image: drawn[0] },
			{
				model: 'Qwen/Qwen-Image-Edit',
				prompt: 'Turn this into a poster',
				image: dataUrlOf(photo),
			},
		]);
	},

	async 'mcp-server.json'() {
		const { url } = await published('mcp-server.json', 'mcp', 'siliconflow-image');
		await waitUntil(async () => (await fetch(url)).status !== 404, 'The MCP server is open');
		const client = await connectMcp(url);
		const tools = await client.tools();
		const told = tools.map(({ name, description, inputSchema }) => [
			name,
			description,
			Object.keys(inputSchema.properties).sort(),
		]);
		expect(told.sort()).toStrictEqual([
			['Edit_image', expect.stringMatching(/^Edit images as /), ['Image_URL', 'Prompt']],
			['Generate_image', expect.stringMatching(/^Generate images from /), ['Image_Size', 'Prompt']],
		]);

		const generated = await client.call('Generate_image', {
			Prompt: 'a heron',
			Image_Size: '16:9',
		});
		const [link] = simulator.generations[0].images!;
		expect(generated.join()).toContain(link);
		expect(isPng(await fetchBytes(link))).toBe(true);
		await client.call('Edit_image', { Prompt: 'at dawn', Image_URL: link });
		expect(sentBodies()).toMatchObject([
			{ model: 'Qwen/Qwen-Image', prompt: 'a heron', image_size: '1664x928' },
			{ model: 'Qwen/Qwen-Image-Edit', prompt: 'at dawn', image: link },
		]);
	},
};

it.each(exampleNames())('%s does what its note says', async (name) => await USES[name]());

it('Every step opens without a red field', async () => {
	const types = (await (await n8n.rest.raw('/types/nodes.json')).json()) as INodeTypeDescription[];
	const steps = exampleNames().flatMap((name) => stage.imported(name).nodes);
	const red = steps.flatMap((node) => {
		const type = types.find(
			({ name, version }) => name === node.type && [version].flat().includes(node.typeVersion),
		);
		if (type === undefined) return [`${node.name}: no ${node.type} ${node.typeVersion}`];
		const issues = NodeHelpers.getNodeParametersIssues(type.properties, node as never, type);
		return issues === null ? [] : [`${node.name}: ${JSON.stringify(issues)}`];
	});

	expect(red).toStrictEqual([]);
});
