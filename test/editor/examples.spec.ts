import { exampleNames, readExample, withCredentials } from '../../harness/examples';
import { startSimulator, type Simulator } from '../../simulator';
import { startChatModel, type ChatModel } from '../../simulator/chat/chatModel';
import { imageAssistant } from '../../simulator/chat/imageAssistant';
import { OWNER, startInstance, type Instance, type Reference } from '../n8n/support/instance';
import type { Workflow } from '../n8n/support/workflow';
import { openBrowser, type Browser } from './support/browser';
import { byId, editorAt, type Editor } from './support/editor';
import { screenshot } from './support/screenshots';

/** What a person sees who imports an example and chooses the credentials. */

/** A low window makes the notes legible in the README. */
const WINDOW = { width: 1440, height: 720 };

let simulator: Simulator;
let chatModel: ChatModel;
let n8n: Instance;
let browser: Browser;
let editor: Editor;
let credentials: Array<Reference & { type: string }>;

beforeAll(async () => {
	simulator = await startSimulator();
	chatModel = await startChatModel(imageAssistant);
	n8n = await startInstance();
	const { baseUrl, apiKey } = simulator;
	const { baseUrl: url } = chatModel;
	const create = async (type: string, name: string, data: Record<string, string>) => ({
		...(await n8n.createCredential(type, data, name)),
		type,
	});
	credentials = [
		await create('siliconFlowImageApi', 'SiliconFlow account', {
			region: 'custom',
			baseUrl,
			apiKey,
		}),
		await create('openAiApi', 'OpenAI account', { apiKey: 'unused', url }),
	];
	browser = await openBrowser();
	await browser.page.setViewportSize(WINDOW);
	editor = editorAt(n8n.server.url, browser.page);
	await editor.logIn(OWNER);
});
afterAll(async () => {
	await browser?.close();
	await n8n?.stop();
	await chatModel?.close();
	await simulator?.close();
});

/** The canvas without the tabs that reach into it. */
async function belowTheTabs() {
	const { x, y, width, height } = (await editor.canvas().boundingBox())!;
	return { x, y: y + 20, width, height: height - 20 };
}

it.each(exampleNames())('%s opens with its note and without a warning', async (name) => {
	const { page } = browser;
	const example = withCredentials(readExample(name), credentials);
	const body = { ...example, id: name.slice(0, 16), active: false, pinData: {} };
	const { id } = await n8n.createWorkflow(body as unknown as Workflow);
	await editor.openWorkflow(id);
	const steps = example.nodes.filter(({ type }) => !type.endsWith('.stickyNote'));
	for (const step of steps) {
		await page.locator(`[data-test-id="canvas-node"][data-node-name="${step.name}"]`).waitFor();
	}
	const [title] = /(?<=^## ).*/.exec(
		String(example.nodes.find(({ type }) => type.endsWith('.stickyNote'))!.parameters.content),
	)!;
	await page.getByRole('heading', { name: title }).waitFor();
	// Until the icons are there.
	await page.waitForLoadState('networkidle');

	await screenshot(page, `example-${name.replace('.json', '')}`, await belowTheTabs());
	expect(await byId(page, 'canvas-node').count()).toBe(steps.length);
	expect(await byId(page, 'node-issues').count()).toBe(0);
	expect(await byId(page, 'node-setup-required').count()).toBe(0);
});
