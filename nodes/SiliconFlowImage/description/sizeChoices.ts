import type { INodePropertyOptions } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import { sizeLabel } from '../contract/size';

/** The entries of Image Size; their stored values are part of saved workflows. */

/** Stored values of Image Size that are not sizes. */
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
export function sizeChoice(size: string): INodePropertyOptions {
	return { name: sizeLabel(size), value: size };
}
