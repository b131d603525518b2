import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { modelIds } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import { MODELS, type ModelRow } from '../contract/models';
import { sizeLabel } from '../contract/size';
import { hiddenFor, hiddenUnless, onlyFor } from './visibility';

/** Stored values of Image Size that are not sizes. */
export const CUSTOM_SIZE = 'custom';
export const MODEL_DEFAULT_SIZE = 'modelDefault';

const custom: INodePropertyOptions = {
	name: 'Custom',
	value: CUSTOM_SIZE,
	description: 'A width and a height of your choice',
};
const modelDefault: INodePropertyOptions = {
	name: 'Model Default',
	value: MODEL_DEFAULT_SIZE,
	description: 'The default size of the model',
};
const description =
	'Width and height of the image in pixels. To use an expression, write the size like 1024x768.';

/**
 * Image Size: a list for each model, one list for models that are not known before the run, and
 * width and height for a custom size. n8n shows the list whose condition holds. All lists store
 * their value under the same name, so a workflow keeps it when the model changes.
 */
export function sizeFields(rows: readonly ModelRow[] = MODELS): INodeProperties[] {
	const perModel = modelIds(rows).flatMap((id) => {
		const rowsWithId = rows.filter((row) => row.id === id);
		const sizes = sizesOf(rowsWithId);
		const [first] = sizes;
		if (first === undefined) return [];
		const more = rowsWithId.every((row) => row.size?.closed) ? [] : [custom];
		// A size that one site refuses cannot be the default of a new step; each row has its own then.
		const isSafe = rowsWithId.every(({ size }) => !size?.closed || size.sizes.includes(first));
		const start = isSafe ? [] : [modelDefault];
		return [
			sizeList(
				[...start, ...sizes.map(asOption), ...more],
				isSafe ? first : MODEL_DEFAULT_SIZE,
				onlyFor(id),
			),
		];
	});
	const anyModel = sizeList(
		[modelDefault, ...sizesOf(rows).map(asOption), custom],
		MODEL_DEFAULT_SIZE,
		hiddenFor(modelIds(rows)),
	);
	return [...perModel, anyModel, side('Width', 'width', rows), side('Height', 'height', rows)];
}

function sizesOf(rows: readonly ModelRow[]): string[] {
	return [...new Set(rows.flatMap((row) => row.size?.sizes ?? []))];
}

function asOption(size: string): INodePropertyOptions {
	return { name: sizeLabel(size), value: size };
}

function sizeList(
	options: INodePropertyOptions[],
	initial: string,
	visibility: Pick<INodeProperties, 'displayOptions'>,
): INodeProperties {
	return {
		displayName: LABELS.imageSize,
		name: 'imageSize',
		type: 'options',
		options,
		default: initial,
		description,
		...visibility,
	};
}

function side(displayName: string, name: string, rows: readonly ModelRow[]): INodeProperties {
	const { displayOptions } = hiddenUnless(
		(row) => row.size !== undefined && !row.size.closed,
		rows,
	);
	return {
		displayName,
		name,
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 1024,
		description: `${displayName} of the image in pixels`,
		displayOptions: { show: { imageSize: [CUSTOM_SIZE] }, ...displayOptions },
	};
}
