import { imageTypeOf, imageTypeOfBase64 } from '../contract/imageHeader';
import { InlineImage } from '../contract/inlineImage';
import { LABELS } from '../contract/labels';
import { parseDataUrl } from '../contract/urls';
import { checkInputSize, decodedBytes, identityOf, type InputImage } from './inputImage';
import type { InputItem } from './inputItem';

/**
 * An input image from base64 text: of either alphabet, with or without a data URL prefix, and with
 * whatever white space is in it.
 *
 * @param label the parameter that holds the text
 * @param read gives the text, each time it is needed
 */
export function base64Image(item: InputItem, label: string, read: () => string): InputImage {
	const content = () => {
		const text = read();
		return parseDataUrl(text)?.data ?? text;
	};
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
			if (/[^A-Za-z0-9+/=_-]/.test(characters) || !imageTypeOfBase64(characters)) {
				item.refuse(
					`'${label}' does not contain an image`,
					'Enter a PNG, JPEG or WebP image as base64 text, with or without a data URL prefix.',
				);
			}
		},
		identity: async () => await identityOf(decoded()),
		load: async () => {
			const bytes = decoded();
			return new InlineImage(imageTypeOf(bytes)?.mimeType ?? 'image/png', bytes);
		},
	};
}
