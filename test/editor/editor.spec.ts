import { capabilitiesOf, modelIdsFor } from '../../nodes/SiliconFlowImage/contract/catalog';
import { LABELS } from '../../nodes/SiliconFlowImage/contract/labels';
import { modelName } from '../../nodes/SiliconFlowImage/contract/modelName';
import type { Operation } from '../../nodes/SiliconFlowImage/contract/models';
import { sizeLabel } from '../../nodes/SiliconFlowImage/contract/size';
import { createCanvas } from '@napi-rs/canvas';
import type { INodeParameters } from 'n8n-workflow';
import { startSimulator, type Simulator } from '../../simulator';
import { OWNER, startInstance, type Instance, type Reference } from '../n8n/support/instance';
import { chain, imageStep, manualTrigger, model, NODE_TYPE, step } from '../n8n/support/workflow';
import { openBrowser, type Browser } from './support/browser';
import { byId, editorAt, type Editor } from './support/editor';
import { fieldsOf, optionsOf } from './support/expectedFields';
import type { Panel } from './support/panel';
import { screenshot } from './support/screenshots';

const OPERATION_NAMES: Record<Operation, string> = {
	generate: 'Generate Image',
	edit: 'Edit Image',
};

/** The parts of an img element used here; the project does without the DOM types. */
interface ImageElement {
	naturalWidth: number;
	naturalHeight: number;
	decode(): Promise<void>;
}

/** The parts of the window to take screenshots of. */
const NODES_PANEL = { x: 1055, y: 64, width: 385, height: 220 };
const MIDDLE_OF_CANVAS = { x: 400, y: 390, width: 720, height: 190 };

let simulator: Simulator;
let n8n: Instance;
let credential: Reference;
let browser: Browser;
let editor: Editor;

beforeAll(async () => {
	simulator = await startSimulator();
	n8n = await startInstance();
	const { baseUrl, apiKey } = simulator;
	const data = { region: 'custom', baseUrl, apiKey };
	credential = await n8n.createCredential('siliconFlowImageApi', data, 'SiliconFlow account');
	browser = await openBrowser();
	editor = editorAt(n8n.server.url, browser.page);
	await editor.logIn(OWNER);
});
afterAll(async () => {
	await browser?.close();
	await n8n?.stop();
	await simulator?.close();
});
afterEach(async () => {
	const { currentTestName } = expect.getState();
	await screenshot(browser.page, (currentTestName ?? 'test').replace(/\W+/g, '-'));
});

/**
 * Saves a workflow with our step and opens the step.
 *
 * @param setup the code of a step before it that outputs the input items; and another credential
 */
async function openedStep(
	parameters: INodeParameters = {},
	setup: { jsCode?: string; as?: Reference } = {},
): Promise<Panel> {
	const { jsCode, as = credential } = setup;
	const input = jsCode === undefined ? [] : [step('Input', 'n8n-nodes-base.code', 2, { jsCode })];
	const image = imageStep('Image', { prompt: 'a lighthouse at night', ...parameters }, as);
	const workflow = await n8n.createWorkflow(chain('Image', [manualTrigger(), ...input, image]));
	await editor.openWorkflow(workflow.id);
	return await editor.openStep('Image');
}

/** The same for a tool of an agent. */
async function openedTool(parameters: INodeParameters): Promise<Panel> {
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
}

describe('Nodes panel', () => {
	it('finds the node by "siliconflow", adds it, and shows the image after the first run', async () => {
		await editor.newWorkflow();
		const found = await editor.searchNodes('siliconflow');
		await screenshot(browser.page, 'nodes-panel', NODES_PANEL);
		expect(await byId(found, 'node-creator-item-name').allInnerTexts()).toEqual([
			'SiliconFlow Image',
		]);

		const panel = await editor.addStep('SiliconFlow Image', 'Generate image');
		await screenshot(browser.page, 'parameters');
		await panel.fill('prompt', 'a lighthouse on a small island at night');
		await panel.execute();
		await byId(browser.page, 'ndv-view-binary-data').first().click();
		const shown = browser.page.locator('img[src*="binary-data"]');
		await shown.waitFor();
		const pixels = shown.evaluate(async (element) => {
			const image = element as unknown as ImageElement;
			await image.decode();
			return [image.naturalWidth, image.naturalHeight];
		});
		expect(await pixels).toEqual([1024, 1024]);
		await screenshot(browser.page, 'output');
	});
});

describe('Parameters', () => {
	const cases = (['generate', 'edit'] as const).flatMap((operation) =>
		modelIdsFor(operation, 'custom').map((id) => [OPERATION_NAMES[operation], id] as const),
	);

	let panel: Panel;
	beforeAll(async () => (panel = await openedStep()));

	it.each(cases)('%s with %s shows the fields the model takes', async (operation, id) => {
		await panel.choose('operation', operation);
		await panel.enterModel(id);
		const model = capabilitiesOf(id, 'custom');
		expect(await panel.labels()).toEqual(fieldsOf(operation, model));
		expect(await panel.options()).toEqual(optionsOf(model));
		if (model.size) {
			const { sizes, closed } = model.size;
			const ownSize = closed ? [] : ['Custom'];
			const fromInput = operation === OPERATION_NAMES.edit ? [LABELS.matchInput] : [];
			// If the sites offer different sizes for a model, the first entry leaves the size to the model.
			const choices = await panel.choices('imageSize');
			const named = choices.filter((choice) => choice !== 'Model Default');
			expect(named).toEqual([...fromInput, ...sizes.map(sizeLabel), ...ownSize]);
		} else {
			expect(await panel.notices()).toEqual([
				expect.stringMatching(/^The model chooses the image size/),
			]);
		}
	});

	it.each(['generate', 'edit'] as const)('lists the models that can %s', async (operation) => {
		await panel.choose('operation', OPERATION_NAMES[operation]);
		// The editor adds the selected model to the list even if it does not belong there. Kolors does both.
		await panel.pickModelsFromList();
		await panel.chooseModel('Kwai-Kolors/Kolors');
		const listed = await panel.models();
		const names = modelIdsFor(operation, 'cn').map((id) => modelName(capabilitiesOf(id, 'cn')));
		expect(listed).toEqual([...names, 'Acme/Tomorrow-1 (unknown to this node)']);
	});

	it('shows every field and a custom size for an unknown model', async () => {
		await panel.choose('operation', OPERATION_NAMES.generate);
		await panel.enterModel('Acme/Tomorrow-1');
		const everything = capabilitiesOf('Acme/Tomorrow-1', 'custom');
		expect(await panel.options()).toEqual(optionsOf(everything));
		await panel.choose('imageSize', 'Custom');
		const labels = await panel.labels();
		expect(labels.slice(labels.indexOf(LABELS.imageSize)).slice(0, 4)).toEqual([
			LABELS.imageSize,
			'Width',
			'Height',
			LABELS.numberOfImages,
		]);
	});
});

describe('Image Size', () => {
	const wide = createCanvas(160, 90).toBuffer('image/png').toString('base64');
	const jsCode = `return [{ json: {}, binary: { data: { data: "${wide}", mimeType: "image/png" } } }]`;
	const kolors = { prompt: 'make it winter', model: model('Kwai-Kolors/Kolors') };

	it('of an edit starts with the shape of the input, and a landscape stays one', async () => {
		simulator.reset();
		const panel = await openedStep({ ...kolors, operation: 'edit' }, { jsCode });
		expect(await panel.shown('imageSize')).toBe(LABELS.matchInput);

		await panel.execute();
		await byId(browser.page, 'ndv-view-binary-data').last().waitFor();
		expect(simulator.generations.map(({ body }) => body)).toMatchObject([
			{ image_size: '1280x720' },
		]);
	});

	it('that is kept from another model is refused, and the panel says how to get on', async () => {
		simulator.reset();
		const panel = await openedStep({ ...kolors, imageSize: '1328x1328' }, { jsCode });
		await panel.execute();
		await panel.advice.waitFor();

		const message = "'Image Size' must be one of 1024x1024, 960x1280";
		expect(await browser.page.getByText(message, { exact: false }).count()).toBeGreaterThan(0);
		expect(await panel.advice.innerText()).toContain('Choose one of its sizes from the list.');
		expect(simulator.generations).toEqual([]);
	});

	it.each(['generate', 'edit'])(
		'of a tool is a text that an agent can fill in (%s)',
		async (operation) => {
			const panel = await openedTool({ ...kolors, operation });

			expect(await panel.labels()).toContain(LABELS.imageSize);
			expect(await panel.shown('imageSize')).toBe('');
			await panel.leaveToAgent('imageSize');
			// Width and Height belong to the list of a step.
			expect(await panel.labels()).not.toContain('Width');
		},
	);
});

describe('Names', () => {
	it.each(['generate image', 'ai image'])(
		'the nodes panel finds the node by "%s"',
		async (words) => {
			await editor.newWorkflow();
			const found = await editor.searchNodes(words);
			expect(await byId(found, 'node-creator-item-name').allInnerTexts()).toContain(
				'SiliconFlow Image',
			);
		},
	);

	it('a step is called by what it does, and the canvas names its model', async () => {
		await editor.newWorkflow();
		await editor.searchNodes('siliconflow');
		const panel = await editor.addStep('SiliconFlow Image', 'Edit image');
		expect(await panel.chosenModel()).toBe('Qwen/Qwen-Image-Edit (one image)');
		await panel.chooseModel('Qwen/Qwen-Image-Edit-2509');
		await screenshot(browser.page, 'edit step');
		await panel.close();
		expect(await editor.caption('Edit image')).toEqual([
			'Edit image',
			'Edit · Qwen-Image-Edit-2509',
		]);
	});

	it('the canvas names the operation alone when an expression gives the model', async () => {
		const byExpression = { ...model('={{ $json.model }}'), mode: 'id' };
		const parameters = { operation: 'edit', model: byExpression, prompt: 'make it winter' };
		const { id } = await n8n.createWorkflow(
			chain('Names', [manualTrigger(), imageStep('Image', parameters, credential)]),
		);
		await editor.openWorkflow(id);
		expect(await editor.caption('Image')).toEqual(['Image', 'Edit']);
	});
});

describe('Input images', () => {
	it('of a step are its files, and a hint has the expression for those of an earlier step', async () => {
		const panel = await openedStep({ operation: 'edit' });
		expect(await panel.shown('source')).toBe('Binary Data');
		const hint = browser.page.getByText('{{ $("Step name").item.binary.data }}');
		await hint.waitFor();
		expect(await panel.labels()).not.toContain('Tool Description');
	});

	it('of a tool start with a URL that an agent can fill in', async () => {
		const panel = await openedTool({ prompt: 'make it winter' });
		expect(await panel.toolDescription()).toMatch(/^Generate images from a text prompt\. Returns/);
		await panel.choose('operation', OPERATION_NAMES.edit);
		expect(await panel.toolDescription()).toMatch(/^Edit images as a text prompt describes\. Ret/);

		const labels = await panel.labels();
		expect(labels).toEqual(expect.arrayContaining([LABELS.images, LABELS.url]));
		expect(labels).not.toContain(LABELS.imagesFrom);
		expect(await panel.shown('source')).toBe(LABELS.url);
		await screenshot(browser.page, 'edit tool');
		await panel.leaveToAgent('url');
	});
});

describe('A model that cannot do the operation', () => {
	it('is said under Model, with one to choose instead', async () => {
		const panel = await openedStep();
		expect(await panel.chosenModel()).toBe('Kwai-Kolors/Kolors (free)');
		await panel.chooseModel('Qwen/Qwen-Image');
		expect(await panel.chosenModel()).toBe('Qwen/Qwen-Image (text in images)');
		expect(await panel.modelLink()).toBe(
			'https://cloud.siliconflow.cn/models?target=Qwen%2FQwen-Image',
		);
		expect(await panel.notices()).toEqual([]);

		await panel.choose('operation', OPERATION_NAMES.edit);
		expect(await panel.chosenModel()).toBe('Qwen/Qwen-Image (text in images)');
		const notice =
			'The model Qwen/Qwen-Image only generates images. Choose a model that edits images, such as Qwen/Qwen-Image-Edit.';
		expect(await panel.notices()).toEqual([notice]);
		await screenshot(browser.page, 'wrong model');
		await panel.chooseModel('Qwen/Qwen-Image-Edit-2509');
		expect(await panel.notices()).not.toContain(notice);

		await panel.choose('operation', OPERATION_NAMES.generate);
		expect(await panel.notices()).toContainEqual(
			expect.stringMatching(/^The model Qwen\/Qwen-Image-Edit-2509 only edits images\. Choose a/),
		);
	});

	it('is not chosen by a change of the operation alone', async () => {
		const panel = await openedStep();
		await panel.choose('operation', OPERATION_NAMES.edit);
		expect(await panel.chosenModel()).toBe('Qwen/Qwen-Image-Edit (one image)');
		expect(await panel.addButtons()).toEqual(['Add Option', 'Add Execution Option']);
		await panel.choose('operation', OPERATION_NAMES.generate);
		expect(await panel.chosenModel()).toBe('Kwai-Kolors/Kolors (free)');
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
		simulator.reset();
		const panel = await openedStep(together, { jsCode });
		await panel.choose('imagesFrom', 'All Input Items Together');
		await panel.execute();
		const output = byId(browser.page, 'output-panel');
		await byId(output, 'ndv-view-binary-data').first().waitFor();

		expect(await output.innerText()).toContain('image.png');
		const sent = photos.map((photo) => `data:image/png;base64,${photo}`);
		const [image, image2, image3] = sent;
		expect(simulator.generations.map(({ body }) => body)).toMatchObject([
			{ image, image2, image3 },
		]);
		await byId(output, 'radio-button-json').click();
		await output.getByText('"width"').waitFor();
		const json = await output.innerText();
		expect(json).toMatch(/"index".*"width".*"height".*"inferenceSeconds".*"url"/s);
		expect(json).toContain('1 item');
	});

	it('are numbered when each is edited by itself, beside the fields of its item', async () => {
		const panel = await openedStep(
			{ ...together, options: { includeInputFields: true } },
			{ jsCode },
		);
		await panel.execute();
		const output = byId(browser.page, 'output-panel');
		await byId(output, 'ndv-view-binary-data').nth(2).waitFor();

		const files = await output.innerText();
		for (const number of [1, 2, 3]) expect(files).toContain(`image-${number}.png`);
		await byId(output, 'radio-button-json').click();
		await output.getByText('"sku"').first().waitFor();
		for (const sku of ['A-0', 'A-1', 'A-2']) expect(await output.innerText()).toContain(sku);
	});
});

describe('Credential', () => {
	it('is tested when it is opened, and a wrong key is explained', async () => {
		const panel = await openedStep();
		const dialog = await panel.editCredential();
		await byId(dialog, 'credentials-config-container-test-success').waitFor();
		await screenshot(browser.page, 'credential good');

		await byId(dialog, 'parameter-input-apiKey').locator('input').fill('sk-wrong');
		await browser.page.getByRole('button', { name: 'Save', exact: true }).click();
		await dialog.getByText('More details').click();
		const refusal = dialog.getByText('SiliconFlow does not accept this API key', { exact: false });
		await refusal.waitFor();
	});

	it('is explained the same way in a step that uses it', async () => {
		const panel = await openedStep();
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
		simulator.fault(refusal);
		const panel = await openedStep(parameters, { jsCode });
		await panel.execute();
		await panel.advice.waitFor();
		await browser.page.getByText('Problem in node').first().waitFor();
		simulator.reset();

		// The panel and the toast show the words, but the editor makes no link of them.
		const shown = browser.page.getByText('a href="https://evil.example"Log in again/a');
		expect(await browser.page.locator('a[href*="evil.example"]').count()).toBe(0);
		expect(await shown.count()).toBeGreaterThan(0);
	});

	it('are no link in a hint and in an item', async () => {
		const url = `={{ Array(2).fill("${simulator.baseUrl}/a.png?" + ${JSON.stringify(LINK)}) }}`;
		const panel = await openedStep({
			operation: 'edit',
			model: model('Qwen/Qwen-Image-Edit-2509'),
			images: { image: [{ source: 'url', url }] },
			options: { download: false },
		});
		const images = [{ url: `https://images.example/1.png?${LINK}` }];
		simulator.fault({ status: 200, body: { images, seed: 1 } });
		await panel.execute();
		await browser.page.getByText('more than once').first().waitFor();
		simulator.reset();
		await screenshot(browser.page, 'hostile hint');
		expect(await browser.page.locator('a[href*="evil.example"]').count()).toBe(0);
	});

	it('are no entry of the model list', async () => {
		// A credential of its own, because n8n still remembers the list of the other one.
		const { baseUrl, apiKey } = simulator;
		const data = { region: 'custom', baseUrl, apiKey };
		const stranger = await n8n.createCredential('siliconFlowImageApi', data, 'Stranger');
		const panel = await openedStep(edit('data'), { jsCode, as: stranger });
		const body = { data: [{ id: 'Acme/Edit-1' }, { id: LINK }] };
		simulator.fault({ on: 'models', body, times: 2 });
		const listed = await panel.models();
		simulator.reset();
		expect(listed).toContain('Acme/Edit-1 (unknown to this node)');
		expect(listed.join()).not.toContain('evil');
	});
});

describe('Icons', () => {
	it.each(['light', 'dark'] as const)(
		'shows the %s icon on the canvas of that theme',
		async (theme) => {
			const { page } = browser;
			await page.emulateMedia({ colorScheme: theme });
			const workflow = await n8n.createWorkflow(
				chain('Canvas', [
					manualTrigger(),
					imageStep('Generate a lighthouse', { prompt: 'a lighthouse' }, credential),
					imageStep('Make it winter', { operation: 'edit', prompt: 'make it winter' }, credential),
				]),
			);
			await editor.openWorkflow(workflow.id);
			const icon = page.locator('[data-node-name="Make it winter"] img').first();
			await icon.waitFor();
			const file = theme === 'dark' ? 'siliconFlowImage.dark.svg' : 'siliconFlowImage.svg';
			expect(await icon.getAttribute('src')).toContain(`/${file}`);
			await screenshot(page, `canvas-${theme}`, MIDDLE_OF_CANVAS);
		},
	);
});
