/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';
import { capabilitiesOf, modelIdsFor } from '../../nodes/SiliconFlowImage/contract/catalog';
import { MODELS, type ModelRow } from '../../nodes/SiliconFlowImage/contract/models';
import { buildBody, type RequestValues } from '../../nodes/SiliconFlowImage/contract/request';
import { nodeProperties } from '../../nodes/SiliconFlowImage/description';
import { modelTable } from '../../scripts/docs';
import { setModels } from '../support/modelTable';
import { offeredOptions, picked, shownFields } from './panel';

/** A new model is one row: the example in CONTRIBUTING.md and everything that follows from it. */

/** The row that CONTRIBUTING.md shows. */
const SHOWN: ModelRow = {
	id: 'Acme/Painter-2',
	site: 'cn',
	trait: 'oil paintings',
	summary: 'Oil paintings from a prompt',
	operations: ['generate'],
	size: { sentAs: 'image_size', sizes: ['1024x1024', '1536x1024'], maxPixels: 2073600 },
	fields: { seed: {}, num_inference_steps: { max: 50 } },
	imagesPerRequest: 1,
};
/** The same for a model that edits, too. */
const PAINTER: ModelRow = {
	...SHOWN,
	operations: ['generate', 'edit'],
	images: { names: ['image', 'image2'], acceptsUrl: true },
};
const { id } = PAINTER;
/** Whoever follows the example adds the row for a moment. */
const WITHOUT = MODELS.filter((row) => row.id !== id);
setModels([...WITHOUT, PAINTER]);

const description = { name: 'image', properties: nodeProperties() } as INodeTypeDescription;
const shownWith = (imageSize: string, operation = 'generate') =>
	shownFields(description, { operation, model: picked(id), imageSize });
const build = (operation: 'generate' | 'edit', values: Partial<RequestValues>) =>
	buildBody(capabilitiesOf(id, 'cn'), operation, { prompt: 'a', fields: {}, ...values });
const [FIRST, SECOND, THIRD] = [1, 2, 3].map((n) => `https://images.example/${n}.png`);

it('It is the row that CONTRIBUTING.md shows', () => {
	const text = readFileSync(join(__dirname, '..', '..', 'CONTRIBUTING.md'), 'utf8');
	const [, shown] = /```ts\n(\{[\s\S]*?\n\}),\n```/.exec(text) ?? [];

	expect(runInNewContext(`(${shown})`)).toEqual(SHOWN);
});

it('It is offered for both operations, at its site and with a custom base URL', () => {
	for (const operation of ['generate', 'edit'] as const) {
		expect(modelIdsFor(operation, 'cn')).toContain(id);
		expect(modelIdsFor(operation, 'custom')).toContain(id);
		expect(modelIdsFor(operation, 'com')).not.toContain(id);
	}
});

it('Image Size has its two sizes', () => {
	const lists = shownWith('1024x1024').filter(({ name }) => name === 'imageSize');

	expect(lists).toHaveLength(1);
	expect(lists[0].options).toMatchObject([
		{ name: '1024x1024 (1:1)', value: '1024x1024' },
		{ name: '1536x1024 (3:2)', value: '1536x1024' },
		{ value: 'custom' },
	]);
	expect(lists[0].default).toBe('1024x1024');
	expect(shownWith('custom').map(({ name }) => name)).toEqual(
		expect.arrayContaining(['width', 'height']),
	);
});

it('Image Size of Edit starts with the shape of the input image', () => {
	const lists = shownWith('1024x1024', 'edit').filter(({ name }) => name === 'imageSize');

	expect(lists).toHaveLength(1);
	expect(lists[0].options).toMatchObject([
		{ name: 'Match Input Image', value: 'matchInput' },
		{ value: '1024x1024' },
		{ value: '1536x1024' },
		{ value: 'custom' },
	]);
	expect(lists[0].default).toBe('matchInput');
});

it('Its sizes are added to the list for unknown models', () => {
	const model = picked('Acme/Tomorrow-1');
	const [list] = shownFields(description, { operation: 'generate', model }).filter(
		({ name }) => name === 'imageSize',
	);

	const values = (list.options as INodePropertyOptions[]).map(({ value }) => value);
	expect(values).toContain('1536x1024');
});

it('Options offers only the request fields Seed and Steps', () => {
	const values = { operation: 'edit', model: picked(id) };
	const output =
		/additionalBodyFields|binaryPropertyOutput|download|fallbackModel|fileName|includeInputFields|watermark/;

	expect(
		offeredOptions(description, values, 'options').filter((name) => !output.test(name)),
	).toStrictEqual(['seed', 'numInferenceSteps']);
});

it('Its request has the wire names of the row', () => {
	expect(build('generate', {})).toStrictEqual({
		body: { model: id, prompt: 'a', image_size: '1024x1024' },
	});
	expect(
		build('edit', {
			size: '1536x1024',
			fields: { seed: 7, num_inference_steps: 50 },
			images: [FIRST, SECOND],
		}),
	).toStrictEqual({
		body: {
			model: id,
			prompt: 'a',
			image_size: '1536x1024',
			seed: 7,
			num_inference_steps: 50,
			image: FIRST,
			image2: SECOND,
		},
	});
});

it('It refuses 51 steps and a batch by name, and takes no third image', () => {
	expect(build('generate', { fields: { num_inference_steps: 51 } })).toStrictEqual({
		violations: [{ label: 'Steps', rule: 'must be a whole number from 1 to 50', value: 51 }],
	});
	expect(build('generate', { count: 2 })).toHaveProperty('violations');
	// The check before the run compares the number of images with these names.
	expect(capabilitiesOf(id, 'cn').images?.names).toStrictEqual(['image', 'image2']);
	const three = build('edit', { images: [FIRST, SECOND, THIRD] });
	expect(JSON.stringify(three)).not.toContain(THIRD);
});

it("The README's table has a row for it", () => {
	const cellsOf = (line: string) =>
		line
			.split('|')
			.slice(1, -1)
			.map((cell) => cell.trim());
	const lines = modelTable().split('\n').map(cellsOf);
	const row = Object.fromEntries(lines[0].map((head, at) => [head, lines.at(-1)?.[at]]));

	expect(row).toMatchObject({
		Model: '`Acme/Painter-2`',
		Site: 'China',
		Generate: 'yes',
		Edit: 'yes',
		Sizes: '1024x1024, 1536x1024',
		'Input images': '1 to 2',
		'Images per request': '1',
		'Options it takes': 'Seed, Steps',
	});
});

it('Without the row it is an unknown model', () => {
	setModels(WITHOUT);

	expect(capabilitiesOf(id, 'cn').known).toBe(false);
	expect(modelTable()).not.toContain(id);
});
