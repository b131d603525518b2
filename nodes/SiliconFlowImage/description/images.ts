import type { INodeProperties } from 'n8n-workflow';
import { LABELS } from '../contract/labels';

/** The input images of Edit, in the order the model sees them. */
export const imagesField: INodeProperties = {
	displayName: LABELS.images,
	name: 'images',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Image' },
	placeholder: 'Add Image',
	default: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
	description:
		'The pictures to work on, in order. Most models take one, Qwen-Image-Edit-2509 up to three.',
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
					options: [
						{
							name: 'Binary Data',
							value: 'binary',
							description: 'A file of the input item, such as the picture of the step before',
						},
						{
							name: LABELS.url,
							value: 'url',
							description:
								'An http(s) address, fetched by the China site itself, for the other site by n8n',
						},
						{
							name: LABELS.base64,
							value: 'base64',
							description: 'Base64 text, with or without a data URL in front',
						},
					],
					default: 'binary',
				},
				{
					displayName: LABELS.inputDataFieldName,
					name: 'binaryPropertyName',
					type: 'string',
					default: 'data',
					placeholder: 'e.g. data',
					hint: 'The name of the input field holding the picture. Separate several names by commas.',
					displayOptions: { show: { source: ['binary'] } },
				},
				{
					displayName: LABELS.url,
					name: 'url',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://example.com/picture.png',
					displayOptions: { show: { source: ['url'] } },
				},
				{
					displayName: LABELS.base64,
					name: 'base64',
					type: 'string',
					default: '',
					placeholder: 'e.g. iVBORw0KGgo... or data:image/png;base64,iVBORw0KGgo...',
					displayOptions: { show: { source: ['base64'] } },
				},
			],
		},
	],
};
