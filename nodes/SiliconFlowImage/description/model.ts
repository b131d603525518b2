import type { INodeProperties } from 'n8n-workflow';
import { capabilitiesOf, modelName } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import type { Operation } from '../contract/models';
import { ofOperation, allOf, onlyAsTool } from './visibility';

/**
 * Operation, model and prompt, which every request needs. Each operation has a model and a prompt field
 * of its own under the same stored name, so each starts with what suits it, and the editor keeps what
 * a person has chosen when the operation changes.
 */

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

/** With which model a new step starts, so that it works before anyone chooses. */
const INITIAL_MODELS: Readonly<Record<Operation, string>> = {
	// Free, so the first image costs nothing.
	generate: 'Kwai-Kolors/Kolors',
	// Made for editing, and on both sites.
	edit: 'Qwen/Qwen-Image-Edit',
};

const PROMPTS = {
	generate: {
		placeholder: 'e.g. a lighthouse on a small island at night, moonlight on the sea',
		description:
			'What the image should show. Name the subject, its surroundings, the style and the light; put words to be written in the image in quotes.',
	},
	edit: {
		placeholder: 'e.g. make it a sunny morning and keep the lighthouse as it is',
		description:
			'What to change in the images, and what to keep. With several images, refer to each by its position, such as "the first image".',
	},
} as const satisfies Record<Operation, Pick<INodeProperties, 'placeholder' | 'description'>>;

/** Model, with the model that a new step of this operation starts with. */
export function modelField(operation: Operation): INodeProperties {
	const value = INITIAL_MODELS[operation];
	return {
		displayName: LABELS.model,
		name: 'model',
		type: 'resourceLocator',
		required: true,
		// As the editor stores it; otherwise it takes the default for a choice and keeps it.
		default: {
			__rl: true,
			mode: 'list',
			value,
			cachedResultName: modelName(capabilitiesOf(value, 'custom')),
		},
		description:
			'The ID of the image model to use, such as Qwen/Qwen-Image. The fields below depend on it.',
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
		...ofOperation(operation),
	};
}

/** Prompt, with an example and a description for this operation. */
export function promptField(operation: Operation): INodeProperties {
	return {
		displayName: LABELS.prompt,
		name: 'prompt',
		type: 'string',
		required: true,
		default: '',
		typeOptions: { rows: 4 },
		...PROMPTS[operation],
		...ofOperation(operation),
	};
}

const operation = '$parameter["operation"] === "edit" ? "Edit" : "Generate"';

/** As it is stored, because n8n's editor shows no subtitle at all when it cannot evaluate a part. */
const model = 'String($rawParameter["model"] ?? "")';

/**
 * What n8n shows under the name of a step: the operation and the short name of the model, such as
 * "Edit · Qwen-Image-Edit-2509"; the operation alone when an expression gives the model.
 */
export const subtitle = `={{ [${operation}, ${model}.startsWith("=") ? "" : ${model}.split("/").pop().trim()].filter(Boolean).join(" · ") }}`;

/** By what a language model chooses the tool, and what it may expect of it. */
const FOR_LANGUAGE_MODELS: Readonly<Record<Operation, string>> = {
	generate:
		'Generate images from a text prompt. Returns the URL of each image, which expires after one hour.',
	edit: 'Edit images as a text prompt describes. Returns the URL of each new image, which expires after one hour.',
};

/**
 * What n8n tells a language model about a tool. By itself n8n would say "Edit image in SiliconFlow
 * Image", which tells neither what goes in nor what comes out. n8n leaves out its own two fields where
 * a node has one of this name (convertNodeToAiTool).
 */
export function toolDescriptionField(operation: Operation): INodeProperties {
	const initial = FOR_LANGUAGE_MODELS[operation];
	return {
		displayName: 'Tool Description',
		name: 'toolDescription',
		type: 'string',
		default: initial,
		typeOptions: { rows: 3 },
		description:
			'What the language model is told about this tool. It decides by this text when to use the tool, and what to expect from it.',
		...allOf(onlyAsTool, ofOperation(operation)),
	};
}
