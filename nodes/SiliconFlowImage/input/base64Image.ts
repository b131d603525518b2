import { IMAGE_TYPE_BYTES, imageTypeOf } from '../contract/imageFormat';
import { InlineImage } from '../contract/inlineImage';
import { LABELS } from '../contract/labels';
import { identityOf, type InputImage, checkInputSize, decodedBytes } from './inputImage';
import type { InputItem } from './inputItem';
const DATA_URL = /^\s*data:[^,]*,/i;

/** Whether a text is a data URL. Looks at its beginning only, because it may be megabytes long. */
export function isDataUrl(text: string): boolean {
	return DATA_URL.test(text.slice(0, 200));
}

/**
 * An input image from base64 text: of either alphabet, with or without a data URL prefix, and with
 * whatever white space is in it.
 *
 * @param label the parameter that holds the text
 * @param read gives the text, each time it is needed
 */
export function base64Image(item: InputItem, label: string, read: () => string): InputImage {
	const content = () => read().replace(DATA_URL, '');
	const encoded = () => content().replace(/\s+/g, '');
	// Decoding accepts the URL alphabet too; the service reads the standard one only.
	const decoded = () => Buffer.from(encoded(), 'base64');
	return {
		item,
		title: `the image in '${label}'`,
		check: async () => {
			checkInputSize(item, `The image in '${label}'`, decodedBytes(content()));
			const characters = encoded();
			if (characters === '') {
				item.refuse(
					`'${label}' is empty`,
					`Enter the image as base64 text, or choose another '${LABELS.source}'.`,
				);
			}
			if (/[^A-Za-z0-9+/=_-]/.test(characters) || !startsImage(characters)) {
				item.refuse(
					`'${label}' does not contain an image`,
					'Enter a PNG, JPEG or WebP image as base64 text, with or without a data URL prefix.',
				);
			}
		},
		identity: () => identityOf(decoded()),
		load: async () => {
			const bytes = decoded();
			return new InlineImage(imageTypeOf(bytes)?.mimeType ?? 'image/png', bytes);
		},
	};
}

function startsImage(characters: string): boolean {
	const head = Buffer.from(characters.slice(0, IMAGE_TYPE_BYTES * 2), 'base64');
	return imageTypeOf(head) !== undefined;
}
