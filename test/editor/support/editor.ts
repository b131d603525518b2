import type { Locator, Page } from 'playwright-core';
import type { Owner } from '../../../harness/n8n/instance/userFolder';
import { openPanel, type Panel } from './panel';

/** n8n's editor: what a person can do and see on the canvas. */
export interface Editor {
	logIn(owner: Owner): Promise<void>;
	/** A new workflow with a manual trigger. */
	newWorkflow(): Promise<void>;
	/** Opens the nodes panel and searches. Returns the panel with the results. */
	searchNodes(text: string): Promise<Locator>;
	/** Adds one of the node's actions and returns the opened step. */
	addStep(node: string, action: string): Promise<Panel>;
	openWorkflow(id: string): Promise<void>;
	openStep(name: string): Promise<Panel>;
	canvas(): Locator;
	/** A step on the canvas. */
	step(name: string): Locator;
	/** What the canvas writes under the icon of a step: its name and its subtitle. */
	caption(name: string): Promise<string[]>;
}

export const byId = (within: Page | Locator, id: string) =>
	within.locator(`[data-test-id="${id}"]`);

export function editorAt(url: string, page: Page): Editor {
	const nodesPanel = () => byId(page, 'node-creator');
	const step = (name: string) =>
		page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	return {
		async logIn({ email, password }) {
			await page.goto(`${url}/signin`);
			await page.fill('input[name="emailOrLdapLoginId"]', email);
			await page.fill('input[name="password"]', password);
			await byId(page, 'form-submit-button').click();
			await page.waitForURL(/home|workflow/);
		},
		async newWorkflow() {
			await page.goto(`${url}/workflow/new`);
			await byId(page, 'canvas-add-button').locator('button, div').first().click();
			await nodesPanel().getByText('Trigger manually').click();
			await byId(page, 'canvas-node').first().waitFor();
		},
		async searchNodes(text) {
			await byId(page, 'node-creator-plus-button')
				.or(byId(page, 'canvas-plus-button'))
				.first()
				.click();
			await byId(page, 'node-creator-search-bar').fill(text);
			// The panel shows its categories until the search has taken effect.
			await nodesPanel().getByText('Action in an app').waitFor({ state: 'hidden' });
			return nodesPanel();
		},
		async addStep(node, action) {
			await nodesPanel().getByText(node, { exact: true }).first().click();
			await nodesPanel().getByText(action, { exact: true }).click();
			return await openPanel(page);
		},
		async openWorkflow(id) {
			await page.goto(`${url}/workflow/${id}`);
			await byId(page, 'canvas-node').first().waitFor();
		},
		async openStep(name) {
			await step(name).dblclick();
			return await openPanel(page);
		},
		canvas: () => byId(page, 'canvas'),
		step,
		async caption(name) {
			return (await step(name).innerText()).trim().split(/\s*\n\s*/);
		},
	};
}
