import { createCanvas } from '@napi-rs/canvas';
import type { INodeParameters } from 'n8n-workflow';
import { LABELS } from '../../nodes/SiliconFlowImage/contract/labels';
import { chain, imageStep, manualTrigger, model } from '../n8n/support/workflow';
import { byId } from './support/editor';
import { openEditorStage, type EditorStage } from './support/editorStage';
import { screenshot } from './support/screenshots';

/** How a step is found, called, given images, run and explained. */

/** The parts of an img element used here; the project does without the DOM types. */
interface ImageElement {
	naturalWidth: number;
	naturalHeight: number;
	decode(): Promise<void>;
}

/** The parts of the window to take screenshots of. */
const NODES_PANEL = { x: 1055, y: 64, width: 385, height: 220 };
const MIDDLE_OF_CANVAS = { x: 400, y: 390, width: 720, height: 190 };

let stage: EditorStage;
beforeAll(async () => (stage = await openEditorStage()));
afterAll(async () => await stage?.close());
afterEach(async () => await stage.screenshotOfTest());

describe('Nodes panel', () => {
	it('finds the node by "siliconflow", adds it, and shows the image after the first run', async () => {
		await stage.editor.newWorkflow();
		const found = await stage.editor.searchNodes('siliconflow');
		await screenshot(stage.browser.page, 'nodes-panel', NODES_PANEL);
		expect(await byId(found, 'node-creator-item-name').allInnerTexts()).toEqual([
			'SiliconFlow Image',
		]);

		const panel = await stage.editor.addStep('SiliconFlow Image', 'Generate image');
		await screenshot(stage.browser.page, 'parameters');
		await panel.fill('prompt', 'a lighthouse on a small island at night');
		await panel.execute();
		await byId(stage.browser.page, 'ndv-view-binary-data').first().click();
		const shown = stage.browser.page.locator('img[src*="binary-data"]');
		await shown.waitFor();
		const pixels = shown.evaluate(async (element) => {
			const image = element as unknown as ImageElement;
			await image.decode();
			return [image.naturalWidth, image.naturalHeight];
		});
		expect(await pixels).toEqual([1024, 1024]);
		await screenshot(stage.browser.page, 'output');
	});
});

describe('Names', () => {
	it.each(['generate image', 'ai image'])(
		'the nodes panel finds the node by "%s"',
		async (words) => {
			await stage.editor.newWorkflow();
			const found = await stage.editor.searchNodes(words);
			expect(await byId(found, 'node-creator-item-name').allInnerTexts()).toContain(
				'SiliconFlow Image',
			);
		},
	);

	it('a step is called by what it does, and the canvas names its model', async () => {
		await stage.editor.newWorkflow();
		await stage.editor.searchNodes('siliconflow');
		const panel = await stage.editor.addStep('SiliconFlow Image', 'Edit image');
		expect(await panel.chosenModel()).toBe('Qwen/Qwen-Image-Edit (one image)');
		await panel.chooseModel('Qwen/Qwen-Image-Edit-2509');
		await screenshot(stage.browser.page, 'edit step');
		await panel.close();
		expect(await stage.editor.caption('Edit image')).toEqual([
			'Edit image',
			'Edit · Qwen-Image-Edit-2509',
		]);
	});

	it('the canvas names the operation alone when an expression gives the model', async () => {
		const byExpression = { ...model('={{ $json.model }}'), mode: 'id' };
		const parameters = { operation: 'edit', model: byExpression, prompt: 'make it winter' };
		const { id } = await stage.n8n.createWorkflow(
			chain('Names', [manualTrigger(), imageStep('Image', parameters, stage.credential)]),
		);
		await stage.editor.openWorkflow(id);
		expect(await stage.editor.caption('Image')).toEqual(['Image', 'Edit']);
	});
});

describe('Input images', () => {
	it('of a step are its files, and a hint has the expression for those of an earlier step', async () => {
		const panel = await stage.openedStep({ operation: 'edit' });
		expect(await panel.shown('source')).toBe('Binary Data');
		const hint = stage.browser.page.getByText('{{ $("Step name").item.binary.data }}');
		await hint.waitFor();
		expect(await panel.labels()).not.toContain('Tool Description');
	});

	it('of a tool start with a URL that an agent can fill in', async () => {
		const panel = await stage.openedTool({ prompt: 'make it winter' });
		expect(await panel.toolDescription()).toMatch(/^Generate images from a text prompt\. Returns/);
		await panel.choose('operation', 'Edit Image');
		expect(await panel.toolDescription()).toMatch(/^Edit images as a text prompt describes\. Ret/);

		const labels = await panel.labels();
		expect(labels).toEqual(expect.arrayContaining([LABELS.images, LABELS.url]));
		expect(labels).not.toContain(LABELS.imagesFrom);
		expect(await panel.shown('source')).toBe(LABELS.url);
		await screenshot(stage.browser.page, 'edit tool');
		await panel.leaveToAgent('url');
	});
});

describe('Images of several items', () => {
	const photos = ['red', 'green', 'blue'].map((color) => {
		const canvas = createCanvas(160, 90);
		const context = canvas.getContext('2d');
		context.fillStyle = color;
		context.fillRect(0, 0, 160, 90);
		return canvas.toBuffer('image/png').toString('base64');
	});
	const jsCode = `return ${JSON.stringify(photos)}.map((data, i) => ({ json: { sku: "A-" + i }, binary: { data: { data, mimeType: "image/png" } } }))`;
	const together = {
		operation: 'edit',
		prompt: 'put them together',
		model: model('Qwen/Qwen-Image-Edit-2509'),
	};

	it('make one image when they are edited together', async () => {
		stage.simulator.reset();
		const panel = await stage.openedStep(together, { jsCode });
		await panel.choose('imagesFrom', 'All Input Items Together');
		await panel.execute();
		const output = byId(stage.browser.page, 'output-panel');
		await byId(output, 'ndv-view-binary-data').first().waitFor();

		expect(await output.innerText()).toContain('image.png');
		const sent = photos.map((photo) => `data:image/png;base64,${photo}`);
		const [image, image2, image3] = sent;
		expect(stage.simulator.generations.map(({ body }) => body)).toMatchObject([
			{ image, image2, image3 },
		]);
		await byId(output, 'radio-button-json').click();
		// n8n draws the JSON bit by bit, and this is the end of it.
		await output.getByText('"url"').waitFor();
		const json = await output.innerText();
		expect(json).toMatch(/"index".*"width".*"height".*"inferenceSeconds".*"url"/s);
		expect(json).toContain('1 item');
	});

	it('are numbered when each is edited by itself, beside the fields of its item', async () => {
		const panel = await stage.openedStep(
			{ ...together, options: { includeInputFields: true } },
			{ jsCode },
		);
		await panel.execute();
		const output = byId(stage.browser.page, 'output-panel');
		await byId(output, 'ndv-view-binary-data').nth(2).waitFor();

		const files = await output.innerText();
		for (const number of [1, 2, 3]) expect(files).toContain(`image-${number}.png`);
		await byId(output, 'radio-button-json').click();
		for (const sku of ['A-0', 'A-1', 'A-2']) await output.getByText(`"${sku}"`).first().waitFor();
	});
});

describe('Credential', () => {
	it('is tested when it is opened, and a wrong key is explained', async () => {
		const panel = await stage.openedStep();
		const dialog = await panel.editCredential();
		await byId(dialog, 'credentials-config-container-test-success').waitFor();
		await screenshot(stage.browser.page, 'credential good');

		await byId(dialog, 'parameter-input-apiKey').locator('input').fill('sk-wrong');
		await stage.browser.page.getByRole('button', { name: 'Save', exact: true }).click();
		await dialog.getByText('More details').click();
		const refusal = dialog.getByText('SiliconFlow does not accept this API key', { exact: false });
		await refusal.waitFor();
	});

	it('is explained the same way in a step that uses it', async () => {
		const panel = await stage.openedStep();
		await panel.execute();
		await panel.advice.waitFor();
		expect(await panel.advice.innerText()).toMatch(/Check the API key in the credential.*Region/);
	});
});

describe('Words of strangers', () => {
	/** What a form brings as the name and the type of a file, and what a gateway answers. */
	const LINK = '<a href="https://evil.example">Log in again</a>';
	const file = `{ data: "aGVsbG8=", mimeType: ${JSON.stringify(LINK)} }`;
	const jsCode = `return [{ json: {}, binary: { ${JSON.stringify(LINK)}: ${file} } }]`;
	const refusal = { status: 400, body: { message: LINK } };

	const edit = (binaryPropertyName: string): INodeParameters => ({
		operation: 'edit',
		model: model('Qwen/Qwen-Image-Edit'),
		images: { image: [{ source: 'binary', binaryPropertyName }] },
	});

	it.each<[string, INodeParameters]>([
		['the name of a field', edit('data')],
		['the type of a file', edit('={{ Object.keys($binary)[0] }}')],
		['the words of the service', {}],
	])('are no link in the error panel: %s', async (_place, parameters) => {
		stage.simulator.fault(refusal);
		const panel = await stage.openedStep(parameters, { jsCode });
		await panel.execute();
		await panel.advice.waitFor();
		await stage.browser.page.getByText('Problem in node').first().waitFor();
		stage.simulator.reset();

		// The panel and the toast show the words, but the editor makes no link of them.
		const shown = stage.browser.page.getByText('a href="https://evil.example"Log in again/a');
		expect(await stage.browser.page.locator('a[href*="evil.example"]').count()).toBe(0);
		expect(await shown.count()).toBeGreaterThan(0);
	});

	it('are no link in a hint and in an item', async () => {
		const url = `={{ Array(2).fill("${stage.simulator.baseUrl}/a.png?" + ${JSON.stringify(LINK)}) }}`;
		const panel = await stage.openedStep({
			operation: 'edit',
			model: model('Qwen/Qwen-Image-Edit-2509'),
			images: { image: [{ source: 'url', url }] },
			options: { download: false },
		});
		const images = [{ url: `https://images.example/1.png?${LINK}` }];
		stage.simulator.fault({ status: 200, body: { images, seed: 1 } });
		await panel.execute();
		await stage.browser.page.getByText('more than once').first().waitFor();
		stage.simulator.reset();
		await screenshot(stage.browser.page, 'hostile hint');
		expect(await stage.browser.page.locator('a[href*="evil.example"]').count()).toBe(0);
	});

	it('are no entry of the model list', async () => {
		// A credential of its own, because n8n still remembers the list of the other one.
		const { baseUrl, apiKey } = stage.simulator;
		const data = { region: 'custom', baseUrl, apiKey };
		const stranger = await stage.n8n.createCredential('siliconFlowImageApi', data, 'Stranger');
		const panel = await stage.openedStep(edit('data'), { jsCode, as: stranger });
		const body = { data: [{ id: 'Acme/Edit-1' }, { id: LINK }] };
		stage.simulator.fault({ on: 'models', body, times: 2 });
		const listed = await panel.models();
		stage.simulator.reset();
		expect(listed).toContain('Acme/Edit-1 (unknown to this node)');
		expect(listed.join()).not.toContain('evil');
	});
});

describe('Icons', () => {
	it.each(['light', 'dark'] as const)(
		'shows the %s icon on the canvas of that theme',
		async (theme) => {
			const { page } = stage.browser;
			await page.emulateMedia({ colorScheme: theme });
			const workflow = await stage.n8n.createWorkflow(
				chain('Canvas', [
					manualTrigger(),
					imageStep('Generate a lighthouse', { prompt: 'a lighthouse' }, stage.credential),
					imageStep(
						'Make it winter',
						{ operation: 'edit', prompt: 'make it winter' },
						stage.credential,
					),
				]),
			);
			await stage.editor.openWorkflow(workflow.id);
			const icon = page.locator('[data-node-name="Make it winter"] img').first();
			await icon.waitFor();
			const file = theme === 'dark' ? 'siliconFlowImage.dark.svg' : 'siliconFlowImage.svg';
			expect(await icon.getAttribute('src')).toContain(`/${file}`);
			await screenshot(page, `canvas-${theme}`, MIDDLE_OF_CANVAS);
		},
	);
});
