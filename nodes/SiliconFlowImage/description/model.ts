import type { INodeProperties } from 'n8n-workflow';
import { LABELS } from '../contract/labels';

/** Operation, model and prompt, which every request needs. */

/**
 * The only resource, so nobody has to choose it. n8n builds the name of a step ("Edit image") and the
 * name and description of a tool from the resource and the operation; without a resource, all steps
 * and tools of this node would be called alike.
 */
export const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'hidden',
	noDataExpression: true,
	options: [{ name: 'Image', value: 'image' }],
	default: 'image',
};

export const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['image'] } },
	options: [
		{
			name: 'Edit Image',
			value: 'edit',
			description: 'Change or combine images as described by a prompt',
			action: 'Edit image',
		},
		{
			name: 'Generate Image',
			value: 'generate',
			description: 'Create images from a prompt',
			action: 'Generate image',
		},
	],
	default: 'generate',
};

export const modelField: INodeProperties = {
	displayName: LABELS.model,
	name: 'model',
	type: 'resourceLocator',
	required: true,
	// Kolors does both operations and is free, so a new step works before the user chooses a model.
	default: { mode: 'list', value: 'Kwai-Kolors/Kolors' },
	description: 'The model that makes the image. The fields below depend on it.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a model...',
			typeOptions: { searchListMethod: 'searchModels', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. Qwen/Qwen-Image',
			hint: 'You can use any image model of your account, even one that is not in the list',
		},
	],
};

export const promptField: INodeProperties = {
	displayName: LABELS.prompt,
	name: 'prompt',
	type: 'string',
	required: true,
	default: '',
	typeOptions: { rows: 4 },
	placeholder: 'e.g. a lighthouse on a small island at night, moonlight on the sea',
	description: 'What the image should show or, when editing, what should change',
};
