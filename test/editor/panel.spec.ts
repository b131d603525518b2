import { createCanvas } from '@napi-rs/canvas';
import {
	capabilitiesOf,
	modelIdsFor,
	modelName,
} from '../../nodes/SiliconFlowImage/contract/catalog';
import { LABELS } from '../../nodes/SiliconFlowImage/contract/labels';
import { sizeLabel } from '../../nodes/SiliconFlowImage/contract/size';
import { failures } from '../../simulator';
import { model } from '../n8n/support/workflow';
import { byId } from './support/editor';
import { openEditorStage, type EditorStage } from './support/editorStage';
import { fieldsOf, optionsOf } from './support/expectedFields';
import type { Panel } from './support/panel';
import { screenshot } from './support/screenshots';

/** Which fields, choices and notices the panel of a step shows. */

const OPERATION_NAMES = { generate: 'Generate Image', edit: 'Edit Image' } as const;

let stage: EditorStage;
beforeAll(async () => (stage = await openEditorStage()));
afterAll(async () => await stage?.close());
afterEach(async () => await stage.screenshotOfTest());

describe('Parameters', () => {
	const cases = (['generate', 'edit'] as const).flatMap((operation) =>
		modelIdsFor(operation, 'custom').map((id) => [OPERATION_NAMES[operation], id] as const),
	);

	let panel: Panel;
	beforeAll(async () => (panel = await stage.openedStep()));

	it.each(cases)('%s with %s shows the fields the model takes', async (operation, id) => {
		await panel.choose('operation', operation);
		await panel.enterModel(id);
		const model = capabilitiesOf(id, 'custom');
		expect(await panel.labels()).toEqual(fieldsOf(operation, model));
		expect(await panel.options()).toEqual(optionsOf(model));
		if (model.size) {
			const { sizes, listedOnly } = model.size;
			const ownSize = listedOnly ? [] : ['Custom'];
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
		stage.simulator.reset();
		const panel = await stage.openedStep({ ...kolors, operation: 'edit' }, { jsCode });
		expect(await panel.shown('imageSize')).toBe(LABELS.matchInput);

		await panel.execute();
		await byId(stage.browser.page, 'ndv-view-binary-data').last().waitFor();
		expect(stage.simulator.generations.map(({ body }) => body)).toMatchObject([
			{ image_size: '1280x720' },
		]);
	});

	it('that is kept from another model is refused, and the panel says how to get on', async () => {
		stage.simulator.reset();
		const panel = await stage.openedStep({ ...kolors, imageSize: '1328x1328' }, { jsCode });
		await panel.execute();
		await panel.advice.waitFor();

		const message = "'Image Size' must be one of 1024x1024, 960x1280";
		expect(await stage.browser.page.getByText(message, { exact: false }).count()).toBeGreaterThan(
			0,
		);
		expect(await panel.advice.innerText()).toContain('Choose one of its sizes from the list.');
		expect(stage.simulator.generations).toEqual([]);
	});

	it.each(['generate', 'edit'])(
		'of a tool is a text that an agent can fill in (%s)',
		async (operation) => {
			const panel = await stage.openedTool({ ...kolors, operation });

			expect(await panel.labels()).toContain(LABELS.imageSize);
			expect(await panel.shown('imageSize')).toBe('');
			await panel.leaveToAgent('imageSize');
			// Width and Height belong to the list of a step.
			expect(await panel.labels()).not.toContain('Width');
		},
	);
});

describe('Fallback Model', () => {
	it('is chosen from the list of Model, and makes the image that the model cannot', async () => {
		stage.simulator.reset();
		const [disabled, other] = ['Kwai-Kolors/Kolors', 'Qwen/Qwen-Image'];
		const when = ({ body }: { body?: unknown }) =>
			(body as { model?: string } | undefined)?.model === disabled;
		stage.simulator.fault({ ...failures.modelDisabled, times: Infinity, when });
		const panel = await stage.openedStep({ model: model(disabled) });
		await panel.addOption(LABELS.fallbackModel);
		expect(await panel.chosenModel('fallbackModel')).toBe('');
		// A step runs without a fallback while none is chosen.
		expect(await panel.notices()).toEqual([]);
		expect(await panel.models('fallbackModel')).toEqual(await panel.models());
		await panel.chooseModel(other, 'fallbackModel');
		expect(await panel.chosenModel('fallbackModel')).toBe('Qwen/Qwen-Image (text in images)');
		expect(await panel.chosenModel()).toMatch(/^Kwai-Kolors\/Kolors/);

		await panel.execute();
		await byId(stage.browser.page, 'ndv-view-binary-data').last().waitFor();
		const asked = stage.simulator.generations.map(({ body }) => (body as { model: string }).model);
		expect(asked).toEqual([disabled, other]);
		const said = `was used because ${disabled} was not available (HTTP 403, code 30003: Model disabled)`;
		expect(await stage.browser.page.getByText(said, { exact: false }).count()).toBeGreaterThan(0);
	});
});

describe('A model that cannot do the operation', () => {
	it('is said under Model, with one to choose instead', async () => {
		const panel = await stage.openedStep();
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
		await screenshot(stage.browser.page, 'wrong model');
		await panel.chooseModel('Qwen/Qwen-Image-Edit-2509');
		expect(await panel.notices()).not.toContain(notice);

		await panel.choose('operation', OPERATION_NAMES.generate);
		expect(await panel.notices()).toContainEqual(
			expect.stringMatching(/^The model Qwen\/Qwen-Image-Edit-2509 only edits images\. Choose a/),
		);
	});

	it('is not chosen by a change of the operation alone', async () => {
		const panel = await stage.openedStep();
		await panel.choose('operation', OPERATION_NAMES.edit);
		expect(await panel.chosenModel()).toBe('Qwen/Qwen-Image-Edit (one image)');
		expect(await panel.addButtons()).toEqual(['Add Option', 'Add Execution Option']);
		await panel.choose('operation', OPERATION_NAMES.generate);
		expect(await panel.chosenModel()).toBe('Kwai-Kolors/Kolors (free)');
	});
});
