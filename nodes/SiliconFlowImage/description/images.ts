import type { INodeProperties } from 'n8n-workflow';
import { LABELS } from '../contract/labels';
import {
	combinesImages,
	OPERATION_NAMES,
	OPERATIONS,
	type OperationRow,
} from '../contract/operations';
import { allOf, notAsTool, ofOperation, onlyAsTool } from './visibility';

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
			'The URL of an image. SiliconFlow downloads it; if the model takes no URLs, n8n downloads and sends it.',
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

/**
 * Whether an operation that combines images works on each input item or on all of them at once. A tool
 * has no such choice, because an agent calls it once for each edit.
 */
export const imagesFromField: INodeProperties = {
	displayName: LABELS.imagesFrom,
	name: 'imagesFrom',
	type: 'options',
	noDataExpression: true,
	options: [...IMAGES_FROM],
	default: 'each',
	description:
		'Whether to edit the images of each input item separately, or to combine the images of all items in one edit, which takes the other fields from the first item',
	...allOf(ofOperation(...OPERATION_NAMES.filter(combinesImages)), notAsTool),
};

/** What the entries of Images say and start with. */
interface EntryTexts {
	/** The entry that a new step has. */
	readonly first: {
		readonly source: ImageSource;
		readonly binaryPropertyName?: string;
		readonly url?: string;
	};
	readonly sourceDescription: string;
	readonly filePlaceholder: string;
	readonly fileHint: string;
}

const IN_A_STEP: EntryTexts = {
	first: { source: 'binary', binaryPropertyName: 'data' },
	sourceDescription: 'Where the image comes from',
	filePlaceholder: 'e.g. data',
	fileHint:
		'For an image from an earlier step, switch to Expression: {{ $("Step name").item.binary.data }}',
};

/** n8n gives a tool no binary data, so one starts with what an agent can fill in. */
const IN_A_TOOL: EntryTexts = {
	first: { source: 'url', url: '' },
	sourceDescription:
		'Where the image comes from. An AI agent can give a URL or Base64 but no file, so Binary Data needs an expression.',
	filePlaceholder: 'e.g. {{ $("When chat message received").item.binary.data0 }}',
	fileHint:
		'For an image uploaded in the chat, switch to Expression: {{ $("When chat message received").item.binary.data0 }}',
};

/** The input images of each operation that takes some, in the order the model sees them. */
export const imagesFields: INodeProperties[] = OPERATION_NAMES.flatMap((operation) => {
	const { inputImages } = OPERATIONS[operation];
	if (inputImages === undefined) return [];
	return [
		{ ...imagesField(inputImages, IN_A_STEP), ...allOf(ofOperation(operation), notAsTool) },
		{ ...imagesField(inputImages, IN_A_TOOL), ...allOf(onlyAsTool, ofOperation(operation)) },
	];
});

function imagesField(
	{ description }: NonNullable<OperationRow['inputImages']>,
	entry: EntryTexts,
): INodeProperties {
	const { first, sourceDescription, filePlaceholder, fileHint } = entry;
	const { source, binaryPropertyName = '' } = first;
	return {
		displayName: LABELS.images,
		name: 'images',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Image' },
		placeholder: 'Add Image',
		default: { image: [first] },
		description,
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
						default: source,
						description: sourceDescription,
					},
					{
						displayName: LABELS.inputDataFieldName,
						name: 'binaryPropertyName',
						type: 'string',
						default: binaryPropertyName,
						placeholder: filePlaceholder,
						description:
							'The name of the input field with the image, or several names separated by commas. An expression can also give the files themselves.',
						hint: fileHint,
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
						placeholder: 'e.g. iVBORw0KGgo...',
						description: 'The whole image file as Base64 text, with or without a data URL prefix',
						displayOptions: { show: { source: ['base64'] } },
					},
				],
			},
		],
	};
}
