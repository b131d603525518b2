import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Capabilities } from '../contract/catalog';
import { IMAGE_TYPE_BYTES, imageTypeOf } from '../contract/imageType';
import { InlineImage } from '../contract/inlineImage';
import { binaryImage } from './binaryImage';
import { fetchInputImage } from './fetchInputImage';
import type { InputImage } from './inputImage';
import { refuseItem } from './nodeError';
import { whenSet } from './values';

const DATA_URL = /^data:[^,]*,/;

/** The input images of an item in their order; names separated by commas count one each. */
export function readInputImages(
	context: IExecuteFunctions,
	itemIndex: number,
	model: Capabilities,
): InputImage[] {
	const entries = context.getNodeParameter('images.image', itemIndex, []) as IDataObject[];
	return entries.flatMap((entry, position): InputImage[] => {
		switch (entry.source) {
			case 'url':
				return [urlImage(context, itemIndex, model, String(whenSet(entry.url) ?? '').trim())];
			case 'base64':
				return [
					base64Image(context, itemIndex, 'Base64', () => {
						// Read again each time: the text may be megabytes, and items wait by the hundred.
						const again = context.getNodeParameter('images.image', itemIndex, []) as IDataObject[];
						return String(again.map((image) => image.base64)[position] ?? '');
					}),
				];
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

function urlImage(
	context: IExecuteFunctions,
	itemIndex: number,
	model: Capabilities,
	url: string,
): InputImage {
	// People put data URLs where a URL is asked for, and they mean well.
	if (DATA_URL.test(url.slice(0, 200))) return base64Image(context, itemIndex, 'URL', () => url);
	return {
		check: async () => {
			if (!/^https?:\/\/[^/]/i.test(url)) {
				refuseItem(
					context,
					itemIndex,
					url === '' ? "'URL' is empty" : "'URL' is not an http(s) address",
					'Enter the full address of the picture, like https://example.com/picture.png.',
				);
			}
		},
		load: async () =>
			model.images?.acceptsUrl ? url : await fetchInputImage(context, itemIndex, url),
	};
}

function base64Image(
	context: IExecuteFunctions,
	itemIndex: number,
	label: string,
	read: () => string,
): InputImage {
	const encoded = () => read().replace(DATA_URL, '').replace(/\s+/g, '');
	return {
		check: async () => {
			const characters = encoded();
			if (characters === '')
				refuseItem(
					context,
					itemIndex,
					`'${label}' is empty`,
					'Enter the picture as base64 text, or choose another Source.',
				);
			const bad = /[^A-Za-z0-9+/=_-]/.exec(characters);
			if (bad || !typeOfBase64(characters)) {
				refuseItem(
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

function typeOfBase64(characters: string) {
	return imageTypeOf(Buffer.from(characters.slice(0, IMAGE_TYPE_BYTES * 2), 'base64'));
}
