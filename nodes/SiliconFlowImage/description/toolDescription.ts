import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../contract/models';
import { allOf, ofOperation, onlyAsTool } from './visibility';

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
