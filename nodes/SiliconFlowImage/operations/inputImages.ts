import {
	NodeOperationError,
	type IBinaryData,
	type IDataObject,
	type IExecuteFunctions,
} from 'n8n-workflow';
import { IMAGE_TYPE_BYTES, imageTypeOf } from '../contract/imageType';
import { InlineImage } from '../contract/inlineImage';
import { whenSet } from './values';

/** One input image of an item: looked at in the check, read again when its request leaves. */
export interface InputImage {
	/**
	 * Makes sure that there is an image, without keeping it.
	 *
	 * @throws NodeOperationError with `itemIndex`, naming the field
	 */
	readonly check: () => Promise<void>;
	/** What goes on the wire: the image itself, or the URL as given. */
	readonly load: () => Promise<InlineImage | string>;
}

const DATA_URL = /^data:[^,]*,/;

/** The input images of an item in their order; names separated by commas count one each. */
export function readInputImages(context: IExecuteFunctions, itemIndex: number): InputImage[] {
	const entries = context.getNodeParameter('images.image', itemIndex, []) as IDataObject[];
	return entries.flatMap((entry): InputImage[] => {
		switch (entry.source) {
			case 'url':
				return [urlImage(context, itemIndex, String(whenSet(entry.url) ?? '').trim())];
			case 'base64':
				return [base64Image(context, itemIndex, 'Base64', String(entry.base64 ?? ''))];
			default:
				return fieldNames(entry.binaryPropertyName).map((name) =>
					binaryImage(context, itemIndex, name),
				);
		}
	});
}

function fieldNames(value: unknown): string[] {
	const names = String(value ?? '')
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	return names.length > 0 ? names : [''];
}

function urlImage(context: IExecuteFunctions, itemIndex: number, url: string): InputImage {
	// People put data URLs where a URL is asked for, and they mean well.
	if (DATA_URL.test(url.slice(0, 200))) return base64Image(context, itemIndex, 'URL', url);
	return {
		check: async () => {
			if (!/^https?:\/\/[^/]/i.test(url)) {
				refuse(
					context,
					itemIndex,
					url === '' ? "'URL' is empty" : "'URL' is not an http(s) address",
					'Enter the full address of the picture, like https://example.com/picture.png.',
				);
			}
		},
		load: async () => url,
	};
}

function base64Image(
	context: IExecuteFunctions,
	itemIndex: number,
	label: string,
	text: string,
): InputImage {
	const encoded = () => text.replace(DATA_URL, '').replace(/\s+/g, '');
	return {
		check: async () => {
			const characters = encoded();
			if (characters === '')
				refuse(
					context,
					itemIndex,
					`'${label}' is empty`,
					'Enter the picture as base64 text, or choose another Source.',
				);
			const bad = /[^A-Za-z0-9+/=_-]/.exec(characters);
			if (bad || !typeOfBase64(characters)) {
				refuse(
					context,
					itemIndex,
					`'${label}' does not hold an image`,
					'Enter the bytes of a PNG, JPEG or WebP picture as base64, with or without a data URL in front.',
				);
			}
		},
		load: async () => {
			// Decoding puts the URL alphabet right; the service reads the standard one only.
			const bytes = Buffer.from(encoded(), 'base64');
			return new InlineImage(imageTypeOf(bytes)?.mimeType ?? 'image/png', bytes);
		},
	};
}

function binaryImage(context: IExecuteFunctions, itemIndex: number, field: string): InputImage {
	return {
		check: async () => {
			const binary = binaryOf(context, itemIndex, field);
			if (!imageTypeOf(await firstBytes(context, itemIndex, field, binary))) {
				refuse(
					context,
					itemIndex,
					`'Input Data Field Name' ${field} does not hold an image, but ${binary.mimeType}`,
					'Name a field that holds a PNG, JPEG or WebP picture.',
				);
			}
		},
		load: async () => {
			const binary = binaryOf(context, itemIndex, field);
			const bytes = await context.helpers.getBinaryDataBuffer(itemIndex, field);
			return new InlineImage(imageTypeOf(bytes)?.mimeType ?? binary.mimeType, bytes);
		},
	};
}

function binaryOf(context: IExecuteFunctions, itemIndex: number, field: string): IBinaryData {
	if (field === '') {
		refuse(
			context,
			itemIndex,
			"'Input Data Field Name' is empty",
			'Enter the name of the input field that holds the picture, usually data.',
		);
	}
	try {
		return context.helpers.assertBinaryData(itemIndex, field);
	} catch {
		const present = Object.keys(context.getInputData()[itemIndex]?.binary ?? {});
		throw new NodeOperationError(
			context.getNode(),
			`'Input Data Field Name' ${field}: the item has no binary field of this name`,
			{
				itemIndex,
				description:
					present.length > 0
						? `The binary fields of this item are: ${present.join(', ')}.`
						: 'The item has no binary data at all. Put a step before this one that gives a file, or choose another Source.',
			},
		);
	}
}

/** Reads as little as shows the type; a stored file is not loaded as a whole. */
async function firstBytes(
	context: IExecuteFunctions,
	itemIndex: number,
	field: string,
	binary: IBinaryData,
): Promise<Buffer> {
	if (!binary.id) return Buffer.from(binary.data.slice(0, IMAGE_TYPE_BYTES * 2), 'base64');
	try {
		const stream = await context.helpers.getBinaryStream(binary.id, IMAGE_TYPE_BYTES);
		for await (const chunk of stream) return chunk as Buffer;
		return Buffer.alloc(0);
	} catch {
		throw new NodeOperationError(
			context.getNode(),
			`'Input Data Field Name' ${field}: the file can no longer be read from n8n's binary storage`,
			{
				itemIndex,
				description: 'Run the step that gives the file again.',
			},
		);
	}
}

function typeOfBase64(characters: string) {
	return imageTypeOf(Buffer.from(characters.slice(0, IMAGE_TYPE_BYTES * 2), 'base64'));
}

function refuse(
	context: IExecuteFunctions,
	itemIndex: number,
	message: string,
	description: string,
): never {
	throw new NodeOperationError(context.getNode(), message, { itemIndex, description });
}
