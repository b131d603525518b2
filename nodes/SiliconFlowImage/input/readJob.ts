import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { capabilitiesOf, modelIdsFor, type Capabilities } from '../contract/catalog';
import {
	FIELD_NAMES,
	FIELDS,
	LABELS,
	MAX_NUMBER_OF_IMAGES,
	type Field,
	type FieldName,
} from '../contract/fields';
import type { Operation } from '../contract/models';
import { unsupportedFields, type RequestValues } from '../contract/request';
import { CUSTOM_SIZE, MODEL_DEFAULT_SIZE } from '../description/size';
import { readAdditionalFields } from './additionalFields';
import type { Access } from './access';
import type { InputImage } from './inputImage';
import { refuseItem } from './nodeError';
import { OPERATIONS } from './registry';
import { asNumber, asSwitch, shown, whenSet } from './values';

/** Everything one input item asks for. */
export interface Order {
	readonly itemIndex: number;
	readonly operation: Operation;
	readonly model: Capabilities;
	readonly values: Omit<RequestValues, 'count' | 'images'>;
	readonly images: readonly InputImage[];
	readonly numberOfImages: number;
	readonly additionalFields: Readonly<IDataObject>;
	readonly watermark: boolean;
	readonly output: {
		readonly download: boolean;
		readonly field: string;
		readonly fileName: string;
	};
	/** What was left out or kept against the look of the fields, to be shown beside the output. */
	readonly hints: readonly string[];
}

/**
 * Reads the parameters of one item. Values are taken as they are; the contract checks them.
 *
 * @throws NodeOperationError with `itemIndex` where the parameters do not make an order
 */
export function readOrder(context: IExecuteFunctions, itemIndex: number, access: Access): Order {
	const refuse = (message: string, description: string) =>
		refuseItem(context, itemIndex, message, description);
	const operation = context.getNodeParameter('operation', itemIndex) as Operation;
	const modelId = context.getNodeParameter('model', itemIndex, '', { extractValue: true });
	const id = String(whenSet(modelId) ?? '').trim();
	if (id === '')
		refuse(`'${LABELS.model}' is empty`, 'Choose a model from the list, or enter its id.');
	const model = capabilitiesOf(id, access.region);
	if (!model.operations.includes(operation)) {
		refuse(
			`'${LABELS.model}' ${id} cannot ${operation} images`,
			`Models that can: ${modelIdsFor(operation, access.region).join(', ')}.`,
		);
	}

	const readSwitch = (label: string, given: unknown): boolean => {
		const value = asSwitch(given) ?? true;
		return typeof value === 'boolean'
			? value
			: refuse(`'${label}' must be true or false, but is ${shown(value)}`, 'Change it in Options.');
	};

	const options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
	const set = readFields(options);
	const unsupported = unsupportedFields(model, Object.keys(set) as FieldName[]);
	const chosenSize = whenSet(context.getNodeParameter('imageSize', itemIndex, MODEL_DEFAULT_SIZE));
	// A ratio takes the place of the size (contract/request).
	const isSizeSent = set.aspect_ratio === undefined || model.fields.aspect_ratio === undefined;
	const additional = readAdditionalFields(context, itemIndex, options.additionalBodyFields);
	const numberOfImages = asNumber(context.getNodeParameter('numberOfImages', itemIndex, 1)) ?? 1;
	if (!isCount(numberOfImages)) {
		refuse(
			`'${LABELS.numberOfImages}' must be a whole number from 1 to ${MAX_NUMBER_OF_IMAGES}, but is ${shown(numberOfImages)}`,
			'Change it, or use more input items for more pictures.',
		);
	}
	return {
		itemIndex,
		operation,
		model,
		values: {
			prompt: context.getNodeParameter('prompt', itemIndex, ''),
			size: model.size ? readSize(context, itemIndex, chosenSize) : undefined,
			fields: Object.fromEntries(
				Object.entries(set).filter(([name]) => !unsupported.includes(name as FieldName)),
			),
		},
		images: OPERATIONS[operation].inputImages(context, itemIndex, model),
		numberOfImages: numberOfImages as number,
		additionalFields: additional,
		watermark: readSwitch('Watermark', options.watermark),
		output: {
			download: readSwitch('Download Images', options.download),
			field: String(whenSet(options.binaryPropertyOutput) ?? 'data').trim(),
			fileName: String(whenSet(options.fileName) ?? '').trim(),
		},
		hints: [
			...unsupported.map(
				(name) => `${id} does not take '${FIELDS[name].label}', so it was left out`,
			),
			...(isSizeSent ? foreignSizeHint(model, chosenSize) : []),
		],
	};
}

/** How a value of each kind is read, whatever form an expression gives it. */
const READERS: Readonly<Record<Field['kind'], (value: unknown) => unknown>> = {
	integer: asNumber,
	number: asNumber,
	switch: asSwitch,
	text: whenSet,
	choice: whenSet,
	ratio: whenSet,
};

function readFields(options: IDataObject): Partial<Record<FieldName, unknown>> {
	const values = FIELD_NAMES.map((name) => {
		const field = FIELDS[name];
		const given = options[field.parameter];
		return [name, READERS[field.kind](given)] as const;
	});
	return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function readSize(context: IExecuteFunctions, itemIndex: number, chosen: unknown): unknown {
	if (chosen === CUSTOM_SIZE) {
		const width = context.getNodeParameter('width', itemIndex, 1024);
		const height = context.getNodeParameter('height', itemIndex, 1024);
		return `${String(width)}x${String(height)}`;
	}
	if (chosen === MODEL_DEFAULT_SIZE) return undefined;
	return typeof chosen === 'string' ? chosen.trim().toLowerCase() : chosen;
}

/** A size kept from another model is sent, for custom sizes work too; the person should know. */
function foreignSizeHint(model: Capabilities, size: unknown): string[] {
	const sizes = model.size?.sizes ?? [];
	const expected = [...sizes, CUSTOM_SIZE, MODEL_DEFAULT_SIZE];
	if (
		size === undefined ||
		sizes.length === 0 ||
		model.size?.closed ||
		expected.includes(String(size))
	)
		return [];
	return [
		`'${LABELS.imageSize}' ${shown(size)} is not among those recommended for ${model.id} (${sizes.join(', ')}); it was sent as it is`,
	];
}

function isCount(value: unknown): boolean {
	return (
		typeof value === 'number' &&
		Number.isInteger(value) &&
		value >= 1 &&
		value <= MAX_NUMBER_OF_IMAGES
	);
}
