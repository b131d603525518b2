import type { INodeProperties } from 'n8n-workflow';
import { LABELS } from '../contract/labels';

/** Where an input image comes from; the stored values are part of saved workflows. */
export const IMAGE_SOURCES = [
	{
		name: 'Binary Data',
		value: 'binary',
		description: 'A file of the input item, such as the image from the previous step',
	},
	{
		name: LABELS.url,
		value: 'url',
		description:
			'The URL of an image. The China site downloads it itself; for the international site, n8n downloads and sends it.',
	},
	{
		name: LABELS.base64,
		value: 'base64',
		description: 'Base64 text, with or without a data URL prefix',
	},
] as const;

export type ImageSource = (typeof IMAGE_SOURCES)[number]['value'];

/** Whose images make a job; the stored values are part of saved workflows. */
export const EACH_ITEM = {
	name: 'Each Input Item',
	value: 'each',
	description: 'Edit each item separately, with its own images',
} as const;
export const ALL_ITEMS = {
	name: 'All Input Items Together',
	value: 'all',
	description: 'Combine the images of all items, in order, in a single edit',
} as const;
export const IMAGES_FROM = [EACH_ITEM, ALL_ITEMS];

/** Whether Edit works on each input item or on all of them at once. */
export const imagesFromField: INodeProperties = {
	displayName: LABELS.imagesFrom,
	name: 'imagesFrom',
	type: 'options',
	noDataExpression: true,
	options: [...IMAGES_FROM],
	default: 'each',
	description: `Which input items the images of one edit come from. With ${ALL_ITEMS.name}, all other fields are read from the first item.`,
	displayOptions: { show: { operation: ['edit'] } },
};

/** The input images of Edit, in the order the model sees them. */
export const imagesField: INodeProperties = {
	displayName: LABELS.images,
	name: 'images',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Image' },
	placeholder: 'Add Image',
	default: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
	description:
		'The images to edit, in the order in which the model sees them. Most models take one; Qwen-Image-Edit-2509 takes up to three.',
	displayOptions: { show: { operation: ['edit'] } },
	options: [
		{
			displayName: 'Image',
			name: 'image',
			values: [
				{
					displayName: LABELS.source,
					name: 'source',
					type: 'options',
					options: [...IMAGE_SOURCES],
					default: 'binary',
					description:
						'Where the image comes from. In a tool of an AI agent, use URL or Base64, because n8n gives no binary data to tools.',
				},
				{
					displayName: LABELS.inputDataFieldName,
					name: 'binaryPropertyName',
					type: 'string',
					default: 'data',
					placeholder: 'e.g. data',
					hint: 'The name of the input field containing the image. Separate several names with commas, or give files by expression.',
					displayOptions: { show: { source: ['binary'] } },
				},
				{
					displayName: LABELS.url,
					name: 'url',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://example.com/image.png',
					description:
						'The web address of the image, such as a URL from an earlier step. It must open without a login.',
					displayOptions: { show: { source: ['url'] } },
				},
				{
					displayName: LABELS.base64,
					name: 'base64',
					type: 'string',
					default: '',
					placeholder: 'e.g. iVBORw0KGgo... or data:image/png;base64,iVBORw0KGgo...',
					description: 'The whole image file as Base64 text, with or without a data URL prefix',
					displayOptions: { show: { source: ['base64'] } },
				},
			],
		},
	],
};
