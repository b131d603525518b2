import type { INodeProperties } from 'n8n-workflow';
import { LABELS } from '../contract/labels';

/** Operation, model and prompt: what every request needs. */

export const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Edit',
			value: 'edit',
			description: 'Change or combine pictures as a prompt says',
			action: 'Edit image',
		},
		{
			name: 'Generate',
			value: 'generate',
			description: 'Make pictures from a prompt',
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
	// Kolors does both operations and is free, so a new step works before anything is chosen.
	default: { mode: 'list', value: 'Kwai-Kolors/Kolors' },
	description: 'The model that makes the picture. The fields below follow it.',
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
			hint: 'Any image model of your account works, listed or not',
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
	description: 'What the picture should show, or for Edit what should change',
};
