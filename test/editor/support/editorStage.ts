import type { INodeParameters } from 'n8n-workflow';
import { startSimulator, type Simulator } from '../../../simulator';
import { OWNER, startInstance, type Instance, type Reference } from '../../n8n/support/instance';
import { chain, imageStep, manualTrigger, NODE_TYPE, step } from '../../n8n/support/workflow';
import { openBrowser, type Browser } from './browser';
import { editorAt, type Editor } from './editor';
import type { Panel } from './panel';
import { screenshot } from './screenshots';

/** A real n8n whose editor is open, with a credential for a simulator. */
export interface EditorStage {
	readonly simulator: Simulator;
	readonly n8n: Instance;
	readonly credential: Reference;
	readonly browser: Browser;
	readonly editor: Editor;
	/**
	 * Saves a workflow with our step and opens the step.
	 *
	 * @param setup the code of a step before it that outputs the input items; and another credential
	 */
	openedStep(
		parameters?: INodeParameters,
		setup?: { jsCode?: string; as?: Reference },
	): Promise<Panel>;
	/** The same for a tool of an agent. */
	openedTool(parameters: INodeParameters): Promise<Panel>;
	/** Takes a screenshot of what the test that runs has left. */
	screenshotOfTest(): Promise<void>;
	close(): Promise<void>;
}

export async function openEditorStage(): Promise<EditorStage> {
	const simulator = await startSimulator();
	const n8n = await startInstance();
	const { baseUrl, apiKey } = simulator;
	const data = { region: 'custom', baseUrl, apiKey };
	const credential = await n8n.createCredential('siliconFlowImageApi', data, 'SiliconFlow account');
	const browser = await openBrowser();
	const editor = editorAt(n8n.server.url, browser.page);
	await editor.logIn(OWNER);

	return {
		simulator,
		n8n,
		credential,
		browser,
		editor,
		async openedStep(parameters = {}, { jsCode, as = credential } = {}) {
			const input =
				jsCode === undefined ? [] : [step('Input', 'n8n-nodes-base.code', 2, { jsCode })];
			const image = imageStep('Image', { prompt: 'a lighthouse at night', ...parameters }, as);
			const workflow = chain('Image', [manualTrigger(), ...input, image]);
			const { id } = await n8n.createWorkflow(workflow);
			await editor.openWorkflow(id);
			return await editor.openStep('Image');
		},
		async openedTool(parameters) {
			const agent = step('Agent', '@n8n/n8n-nodes-langchain.agent', 3);
			const workflow = chain('Tool', [manualTrigger(), agent]);
			const paint = imageStep('Paint', parameters, credential);
			const into = { node: 'Agent', type: 'ai_tool', index: 0 };
			const { id } = await n8n.createWorkflow({
				...workflow,
				nodes: [...workflow.nodes, { ...paint, type: `${NODE_TYPE}Tool`, position: [240, 240] }],
				connections: { ...workflow.connections, Paint: { ai_tool: [[into]] } },
			});
			await editor.openWorkflow(id);
			return await editor.openStep('Paint');
		},
		async screenshotOfTest() {
			const { currentTestName = 'test' } = expect.getState();
			await screenshot(browser.page, currentTestName.replace(/\W+/g, '-'));
		},
		async close() {
			await browser.close();
			await n8n.stop();
			await simulator.close();
		},
	};
}
