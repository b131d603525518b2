import { exampleNames } from '../../harness/examples';
import { openExampleStage, type ExampleStage } from '../n8n/support/exampleStage';
import { OWNER } from '../n8n/support/instance';
import { openBrowser, type Browser } from './support/browser';
import { byId, editorAt, type Editor } from './support/editor';
import { screenshot } from './support/screenshots';

/** What a person sees who imports an example and chooses the credentials. */

/** A low window makes the notes legible in the README. */
const WINDOW = { width: 1440, height: 720 };

let stage: ExampleStage;
let browser: Browser;
let editor: Editor;
beforeAll(async () => {
	stage = await openExampleStage();
	browser = await openBrowser();
	await browser.page.setViewportSize(WINDOW);
	editor = editorAt(stage.n8n.server.url, browser.page);
	await editor.logIn(OWNER);
});
afterAll(async () => {
	await browser?.close();
	await stage?.close();
});

/** The canvas without the tabs that reach into it. */
async function belowTheTabs() {
	const { x, y, width, height } = (await editor.canvas().boundingBox())!;
	return { x, y: y + 20, width, height: height - 20 };
}

it.each(exampleNames())('%s opens with its note and without a warning', async (name) => {
	const { page } = browser;
	const { id, nodes } = await stage.n8n.createWorkflow(stage.imported(name));
	await editor.openWorkflow(id);
	const steps = nodes.filter(({ type }) => !type.endsWith('.stickyNote'));
	for (const step of steps) await editor.step(step.name).waitFor();
	const [title] = /(?<=^## ).*/.exec(
		String(nodes.find(({ type }) => type.endsWith('.stickyNote'))!.parameters.content),
	)!;
	await page.getByRole('heading', { name: title }).waitFor();
	// Until the icons are there.
	await page.waitForLoadState('networkidle');

	await screenshot(page, `example-${name.replace('.json', '')}`, await belowTheTabs());
	expect(await byId(page, 'canvas-node').count()).toBe(steps.length);
	expect(await byId(page, 'node-issues').count()).toBe(0);
	expect(await byId(page, 'node-setup-required').count()).toBe(0);
});
