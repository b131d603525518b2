import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { modelIds, modelIdsWithout, rowsOf } from '../contract/catalog';
import { FIELDS } from '../contract/fields';
import { LABELS } from '../contract/labels';
import { MODELS, type ModelRow } from '../contract/models';
import { OPERATION_NAMES, OPERATIONS, takesImages, type Operation } from '../contract/operations';
import { sizeLabel } from '../contract/size';
import {
	allOf,
	hiddenFor,
	hiddenUnless,
	notAsTool,
	ofOperation,
	onlyAsTool,
	onlyFor,
	type Visibility,
} from './visibility';

/** Stored values of Image Size that are not sizes. Saved workflows hold them. */
export const CUSTOM_SIZE = 'custom';
export const MATCH_INPUT_SIZE = 'matchInput';
export const MODEL_DEFAULT_SIZE = 'modelDefault';

export const custom = {
	name: LABELS.customSize,
	value: CUSTOM_SIZE,
	description: 'A width and a height of your choice',
};

export const matchInput = {
	name: LABELS.matchInput,
	value: MATCH_INPUT_SIZE,
	description: 'The recommended size closest in aspect ratio to the first input image',
};

export const modelDefault = {
	name: 'Model Default',
	value: MODEL_DEFAULT_SIZE,
	description: 'The default size of the model',
};

/** The entries that are not sizes. */
export const NAMED_CHOICES = [custom, matchInput, modelDefault];

/** The entry of a size, such as "1664x928 (16:9)". */
function sizeChoice(size: string): INodePropertyOptions {
	return { name: sizeLabel(size), value: size };
}

/**
 * Everything about the size of the image: the lists of a step, the text field of a tool, width and
 * height of a custom size, and a notice where the model takes no size.
 */
export function sizeFields(): INodeProperties[] {
	return [
		...sizeLists(),
		...OPERATION_NAMES.map((operation) => sizeText(operation)),
		side('Width', 'width'),
		side('Height', 'height'),
		...sizeNotices(),
	];
}

/** The size of a tool as text, because n8n lets a language model fill in texts but no lists. */
function sizeText(operation: Operation): INodeProperties {
	return {
		displayName: LABELS.imageSize,
		name: 'imageSize',
		type: 'string',
		default: '',
		placeholder: 'e.g. 1024x768 or 16:9',
		description: OPERATIONS[operation].forLanguageModels.size,
		...allOf(onlyAsTool, ofOperation(operation), hiddenUnless(takesSize)),
	};
}

function side(displayName: string, name: string): INodeProperties {
	const custom = { displayOptions: { show: { imageSize: [CUSTOM_SIZE] } } };
	const takesAnySize = ({ size }: ModelRow) => size !== undefined && !size.listedOnly;
	return {
		displayName,
		name,
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 1024,
		description: `${displayName} of the image in pixels`,
		...allOf(notAsTool, custom, hiddenUnless(takesAnySize)),
	};
}

function takesSize({ size }: ModelRow): boolean {
	return size !== undefined;
}

const description =
	'Width and height of the image in pixels. To use an expression, write the size like 1024x768, or a ratio like 16:9.';

/**
 * Image Size in the panel of a step: a list for each model, and one for models that are not known
 * before the run. The list is another for operations with an input image to match. n8n shows the
 * list whose conditions hold. All lists store their value under the same name, so a workflow keeps it
 * when the model changes.
 */
function sizeLists(): INodeProperties[] {
	const unknown = hiddenFor(modelIds());
	const every = sizesOf(MODELS).map(sizeChoice);
	const withInput = OPERATION_NAMES.filter(takesImages);
	const withoutInput = OPERATION_NAMES.filter((operation) => !takesImages(operation));
	return [
		...modelIds().flatMap((id) => listsOf(rowsOf(id))),
		sizeList([modelDefault, ...every, custom], unknown, ofOperation(...withoutInput)),
		sizeList([modelDefault, matchInput, ...every, custom], unknown, ofOperation(...withInput)),
	];
}

/** @param rows those of one model, of either site */
function listsOf(rows: readonly ModelRow[]): INodeProperties[] {
	const sizes = sizesOf(rows);
	const [first] = sizes;
	if (first === undefined) return [];
	const more = rows.every((row) => row.size?.listedOnly) ? [] : [custom];
	const choices = [...sizes.map(sizeChoice), ...more];
	// A size that one site refuses cannot be the default of a new step; each row has its own then.
	const isSafe = rows.every(({ size }) => !size?.listedOnly || size.sizes.includes(first));
	const all = isSafe ? choices : [modelDefault, ...choices];
	const model = onlyFor(rows[0].id);
	const able = new Set(rows.flatMap(({ operations }) => operations));
	const matching = OPERATION_NAMES.filter((name) => takesImages(name) && able.has(name));
	if (matching.length === 0) return [sizeList(all, model)];
	const others = OPERATION_NAMES.filter((name) => !matching.includes(name));
	return [
		sizeList(all, model, ofOperation(...others)),
		sizeList([matchInput, ...all], model, ofOperation(...matching)),
	];
}

function sizesOf(rows: readonly ModelRow[]): string[] {
	return [...new Set(rows.flatMap((row) => row.size?.sizes ?? []))];
}

/** A list that starts with its first entry. */
function sizeList(options: INodePropertyOptions[], ...when: Visibility[]): INodeProperties {
	const [{ value: initial }] = options;
	return {
		displayName: LABELS.imageSize,
		name: 'imageSize',
		type: 'options',
		options,
		default: initial,
		description,
		...allOf(notAsTool, ...when),
	};
}

/** In place of Image Size, for each model that takes no size: otherwise people look for the field. */
function sizeNotices(): INodeProperties[] {
	return modelIdsWithout((row) => row.size !== undefined).map((id) => ({
		displayName: noticeFor(rowsOf(id)),
		name: 'sizeNotice',
		type: 'notice',
		default: '',
		...onlyFor(id),
	}));
}

/** Says no more than the contract, which does not tell how a model chooses. */
function noticeFor(rows: readonly ModelRow[]): string {
	const takesRatio = rows.some(({ fields }) => fields.aspect_ratio !== undefined);
	return takesRatio
		? `The model chooses the image size. To set its shape, add '${FIELDS.aspect_ratio.label}' under '${LABELS.options}'.`
		: 'The model chooses the image size';
}
