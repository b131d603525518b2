import type { INodeProperties } from 'n8n-workflow';
import { LABELS } from '../contract/labels';

/** Operation, model and prompt, which every request needs. */

export const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Edit',
			value: 'edit',
			description: 'Change or combine images as described by a prompt',
			action: 'Edit image',
		},
		{
			name: 'Generate',
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
