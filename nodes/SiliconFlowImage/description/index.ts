import type { INodeProperties } from 'n8n-workflow';
import { MAX_NUMBER_OF_IMAGES } from '../contract/fields';
import { LABELS } from '../contract/labels';
import { OPERATION_NAMES } from '../contract/operations';
import { executionOptionsField } from './executionOptions';
import { sizeFields } from './imageSize';
import { imagesFields, imagesFromField } from './images';
import {
	modelField,
	operationField,
	promptField,
	resourceField,
	toolDescriptionField,
	wrongModelNotices,
} from './model';
import { optionsField } from './options';

const numberOfImagesField: INodeProperties = {
	displayName: LABELS.numberOfImages,
	name: 'numberOfImages',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_NUMBER_OF_IMAGES, numberPrecision: 0 },
	default: 1,
	description: `How many images to make from each prompt, 1 to ${MAX_NUMBER_OF_IMAGES}. Each image is billed and becomes an output item of its own.`,
};

/** Every field of the node in the order of the panel. */
export function nodeProperties(): INodeProperties[] {
	return [
		...OPERATION_NAMES.map(toolDescriptionField),
		resourceField,
		operationField,
		...OPERATION_NAMES.map(modelField),
		...wrongModelNotices(),
		...OPERATION_NAMES.map(promptField),
		imagesFromField,
		...imagesFields,
		...sizeFields(),
		numberOfImagesField,
		optionsField(),
		executionOptionsField,
	];
}
