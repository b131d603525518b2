/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator, type Simulator } from '../../simulator';
import { OWNER, startInstance, type Instance } from '../n8n/support/instance';
import { openBrowser, type Browser } from './support/browser';
import { byId, editorAt } from './support/editor';
import { record } from './support/record';

/**
 * Records the moving image of the README: a step is added, given a prompt and executed, and its image
 * is shown. Runs with UPDATE_SCREENSHOTS=1 only, because it checks nothing that the suite does not.
 */

let simulator: Simulator;
let n8n: Instance;
let browser: Browser;

beforeAll(async () => {
	simulator = await startSimulator({ latencyMs: 800 });
	n8n = await startInstance();
	const { baseUrl, apiKey } = simulator;
	await n8n.createCredential('siliconFlowImageApi', { region: 'custom', baseUrl, apiKey });
	browser = await openBrowser();
});
afterAll(async () => {
	await browser?.close();
	await n8n?.stop();
	await simulator?.close();
});

it('from the nodes panel to the image', async () => {
	const { page } = browser;
	const editor = editorAt(n8n.server.url, page);
	await editor.logIn(OWNER);
	await editor.newWorkflow();
	await sleep(1_000);

	await record(page, 'recording', async () => {
		const found = await editor.searchNodes('generate image');
		await sleep(900);
		await found.getByText('SiliconFlow Image', { exact: true }).first().click();
		await sleep(900);
		await found.getByText('Generate image', { exact: true }).click();
		await byId(page, 'parameter-input-prompt').waitFor();
		const prompt = byId(page, 'parameter-input-prompt').locator('textarea').first();
		await prompt.click();
		await page.keyboard.type('a lighthouse on a small island at night', { delay: 40 });
		await sleep(600);
		await byId(page, 'node-execute-button').first().click();
		await byId(page, 'ndv-view-binary-data').first().click();
		await page.locator('img[src*="binary-data"]').waitFor();
		await sleep(2_500);
	});
});
