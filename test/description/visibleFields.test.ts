import type { INodeParameters, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';
import { capabilitiesOf } from '../../nodes/SiliconFlowImage/contract/catalog';
import { FIELDS } from '../../nodes/SiliconFlowImage/contract/fields';
import { MODELS } from '../../nodes/SiliconFlowImage/contract/models';
import { requestSchema } from '../../nodes/SiliconFlowImage/contract/request';
import { createEngine } from '../support/engine';
import { byId, offeredOptions, optionsOf, picked, shownFields } from './panel';

let description: INodeTypeDescription;
beforeAll(async () => {
	const { loader } = await createEngine({ credentials: {} });
	description = loader.getNode('siliconFlowImage').type.description as INodeTypeDescription;
});

const COMBINATIONS = MODELS.flatMap(({ id, operations }) =>
	operations.map((operation) => [id, operation] as const),
);
const UNDECIDED = [
	['an id that the table does not hold', byId('Acme/Tomorrow-1')],
	['an expression', byId('={{ $json.model }}')],
] as const;

/** Options that are no field of the request: how the picture comes out. */
const OUTPUT = [
	'additionalBodyFields',
	'binaryPropertyOutput',
	'download',
	'fileName',
	'watermark',
] as const;
const ALL_OPTIONS = [
	...OUTPUT,
	'cfg',
	'guidanceScale',
	'negativePrompt',
	'numInferenceSteps',
	'seed',
].sort();

/** Which field of the panel fills this field of the request. */
function parameterOf(wire: string): string {
	if (Object.hasOwn(FIELDS, wire))
		return `options.${FIELDS[wire as keyof typeof FIELDS].parameter}`;
	if (/image_size|width|height/.test(wire)) return 'imageSize';
	if (/image/.test(wire)) return 'images';
	return wire === 'batch_size' ? 'numberOfImages' : wire;
}

function shown(values: INodeParameters): string[] {
	const top = shownFields(description, values).map(({ name }) => name);
	const options = offeredOptions(description, values, 'options').map((name) => `options.${name}`);
	return [...top, ...options].sort();
}

describe('A model shows the fields that it takes, and no other', () => {
	it.each(COMBINATIONS)('%s, %s', (id, operation) => {
		const { shape } = requestSchema(capabilitiesOf(id, 'cn'), operation);
		const taken = Object.keys(shape).map(parameterOf);
		// Several images are made by further requests where there is no batch_size.
		const always = ['operation', 'numberOfImages', 'options', 'executionOptions'];
		const output = OUTPUT.map((name) => `options.${name}`);

		expect(shown({ operation, model: picked(id), imageSize: '1024x1024' })).toStrictEqual(
			[...new Set([...taken, ...always, ...output])].sort(),
		);
	});

	it.each(UNDECIDED)('%s shows every field', (_name, model) => {
		const values = { operation: 'edit', model, imageSize: 'custom' };

		expect(shown(values)).toStrictEqual(
			[
				'operation',
				'model',
				'prompt',
				'images',
				'imageSize',
				'width',
				'height',
				'numberOfImages',
				'options',
				'executionOptions',
				...ALL_OPTIONS.map((name) => `options.${name}`),
			].sort(),
		);
	});

	it('no option is left out of these lists', () => {
		expect(
			optionsOf(description, 'options')
				.map(({ name }) => name)
				.sort(),
		).toStrictEqual(ALL_OPTIONS);
	});
});

describe('Image Size', () => {
	const sizeFields = (values: INodeParameters) =>
		shownFields(description, values).filter(({ name }) => name === 'imageSize');
	const valuesOf = (options: unknown) =>
		(options as INodePropertyOptions[]).map(({ value }) => value);
	const withSize = COMBINATIONS.filter(([id]) => sizesOf(id).length > 0);
	const withoutSize = COMBINATIONS.filter(([id]) => sizesOf(id).length === 0);

	function sizesOf(id: string): readonly string[] {
		return MODELS.find((row) => row.id === id)?.size?.sizes ?? [];
	}

	it.each(withSize)('offers the sizes of %s and a custom one (%s)', (id, operation) => {
		const [field, ...others] = sizeFields({ operation, model: picked(id) });

		expect(others).toStrictEqual([]);
		expect(valuesOf(field.options)).toStrictEqual([...sizesOf(id), 'custom']);
		expect(field.default).toBe(sizesOf(id)[0]);
	});

	it.each(withoutSize)('is not there for %s, which decides itself (%s)', (id, operation) => {
		expect(sizeFields({ operation, model: picked(id), imageSize: 'custom' })).toStrictEqual([]);
	});

	it.each(UNDECIDED)('is one list of every size for %s', (_name, model) => {
		const [field, ...others] = sizeFields({ operation: 'generate', model });

		const every = new Set(MODELS.flatMap((row) => row.size?.sizes ?? []));
		expect(others).toStrictEqual([]);
		expect(valuesOf(field.options)).toStrictEqual(['modelDefault', ...every, 'custom']);
		expect(field.default).toBe('modelDefault');
	});

	it.each([...withSize.map(([id]) => picked(id)), ...UNDECIDED.map(([, model]) => model)])(
		'Width and Height show with Custom only (%j)',
		(model) => {
			const sides = (imageSize: string) =>
				shownFields(description, { operation: 'generate', model, imageSize })
					.map(({ name }) => name)
					.filter((name) => name === 'width' || name === 'height');

			expect(sides('custom')).toStrictEqual(['width', 'height']);
			expect(sides('1024x1024')).toStrictEqual([]);
		},
	);

	it.each(withoutSize)('Width and Height do not show for %s (%s)', (id, operation) => {
		const values = { operation, model: picked(id), imageSize: 'custom' };

		expect(shownFields(description, values).map(({ name }) => name)).not.toContain('width');
		expect(shownFields(description, values).map(({ name }) => name)).not.toContain('height');
	});
});
