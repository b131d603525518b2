import type { INodeParameters } from 'n8n-workflow';
import { SiliconFlowImage } from '../../nodes/SiliconFlowImage/SiliconFlowImage.node';
import { FIELDS } from '../../nodes/SiliconFlowImage/contract/fields';
import { MODELS } from '../../nodes/SiliconFlowImage/contract/models';
import {
	combinesImages,
	takesImages,
	type Operation,
} from '../../nodes/SiliconFlowImage/contract/operations';
import { requestSchema } from '../../nodes/SiliconFlowImage/contract/request';
import { contractOf } from '../../simulator/validation';
import { byId, offeredOptions, optionsOf, picked, shownFields } from './panel';

/** The panel does not know the region, so a model on both sites shows what either site takes. */

const { description } = new SiliconFlowImage();

const COMBINATIONS = [
	...new Map(
		MODELS.flatMap(({ id, operations }) =>
			operations.map((operation) => [`${id} ${operation}`, [id, operation] as const]),
		),
	).values(),
];
const UNDECIDED = [
	['an id that is not in the table', byId('Acme/Tomorrow-1')],
	['an expression', byId('={{ $json.model }}')],
] as const;

/** Options that are not request fields but control the output. */
const OUTPUT = [
	'additionalBodyFields',
	'binaryPropertyOutput',
	'download',
	'fallbackModel',
	'fileName',
	'includeInputFields',
	'watermark',
] as const;
const ALL_OPTIONS = [...OUTPUT, ...Object.values(FIELDS).map(({ parameter }) => parameter)].sort();

/** The field of the panel that sets this field of the request. */
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

/** The fields of the panel for these request fields. */
function panelFor(wires: string[], operation: Operation): string[] {
	const named = wires.map(parameterOf);
	// A model may take one image only; that it cannot combine several is said and not hidden, because
	// a hidden choice would be forgotten, and each item would be paid for.
	const from = combinesImages(operation) ? ['imagesFrom'] : [];
	// Without batch_size, several images take several requests.
	const always = ['operation', 'numberOfImages', 'options', 'executionOptions'];
	const output = OUTPUT.map((name) => `options.${name}`);
	const panel = new Set([...named, ...from, ...always, ...output]);
	// In its place, a notice says that the model takes no size.
	if (!panel.has('imageSize')) panel.add('sizeNotice');
	return [...panel].sort();
}

/** The model's fields in the simulator's contract files, which share nothing with the node. */
function takenByService(id: string, operation: Operation): string[] {
	const schemas = (['cn', 'com'] as const).map((site) => contractOf(site).models.get(id));
	const wires = schemas.flatMap((schema) => Object.keys(schema?.properties ?? {}));
	return wires.filter((wire) => takesImages(operation) || parameterOf(wire) !== 'images');
}

describe('A model shows the fields that it takes, and no others', () => {
	it.each(COMBINATIONS)('%s, %s', (id, operation) => {
		const rows = MODELS.filter((row) => row.id === id && row.operations.includes(operation));
		const sent = rows.flatMap((row) =>
			Object.keys(requestSchema({ ...row, known: true }, operation).shape),
		);
		const visible = shown({ operation, model: picked(id), imageSize: '1024x1024' });

		expect(visible).toStrictEqual(panelFor(sent, operation));
		expect(visible).toStrictEqual(panelFor(takenByService(id, operation), operation));
	});

	it.each(UNDECIDED)('%s shows every field', (_name, model) => {
		const values = { operation: 'edit', model, imageSize: 'custom' };

		expect(shown(values)).toStrictEqual(
			[
				'operation',
				'model',
				'prompt',
				'imagesFrom',
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

	it('these lists cover every option', () => {
		expect(
			optionsOf(description, 'options')
				.map(({ name }) => name)
				.sort(),
		).toStrictEqual(ALL_OPTIONS);
	});
});
