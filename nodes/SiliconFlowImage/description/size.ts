import type { INodeProperties } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { MODELS, type ModelRow, type Operation } from '../contract/models';
import { CUSTOM_SIZE } from './sizeChoices';
import { sizeLists } from './sizeLists';
import { sizeNotices } from './sizeNotices';
import { allOf, hiddenUnless, notAsTool, onlyAsTool, ofOperation } from './visibility';

/**
 * Everything about the size of the image: the lists of a step, the text field of a tool, width and
 * height of a custom size, and a notice where the model takes no size.
 */
export function sizeFields(rows: readonly ModelRow[] = MODELS): INodeProperties[] {
	return [
		...sizeLists(rows),
		sizeText('generate', rows),
		sizeText('edit', rows),
		side('Width', 'width', rows),
		side('Height', 'height', rows),
		...sizeNotices(rows),
	];
}

/** What a language model reads when it fills in the size of a tool. */
const FOR_LANGUAGE_MODELS: Readonly<Record<Operation, string>> = {
	generate:
		'Width and height in pixels such as 1024x768, or a ratio such as 16:9. Leave it empty for the default size of the image model.',
	edit: 'Width and height in pixels such as 1024x768, or a ratio such as 16:9. Leave it empty to keep the shape of the input image.',
};

/** The size of a tool as text, because n8n lets a language model fill in texts but no lists. */
function sizeText(operation: Operation, rows: readonly ModelRow[]): INodeProperties {
	return {
		displayName: LABELS.imageSize,
		name: 'imageSize',
		type: 'string',
		default: '',
		placeholder: 'e.g. 1024x768 or 16:9',
		description: FOR_LANGUAGE_MODELS[operation],
		...allOf(onlyAsTool, ofOperation(operation), hiddenUnless(takesSize, rows)),
	};
}

function side(displayName: string, name: string, rows: readonly ModelRow[]): INodeProperties {
	const custom = { displayOptions: { show: { imageSize: [CUSTOM_SIZE] } } };
	const takesAnySize = ({ size }: ModelRow) => size !== undefined && !size.closed;
	return {
		displayName,
		name,
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 1024,
		description: `${displayName} of the image in pixels`,
		...allOf(notAsTool, custom, hiddenUnless(takesAnySize, rows)),
	};
}

function takesSize({ size }: ModelRow): boolean {
	return size !== undefined;
}
