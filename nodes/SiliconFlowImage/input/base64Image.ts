import { readBase64, type Base64Problem } from '../contract/base64';
import { IMAGE_TYPE_BYTES, imageTypeOf, imageTypeOfBase64 } from '../contract/imageHeader';
import { InlineImage } from '../contract/inlineImage';
import { LABELS } from '../contract/labels';
import { isHttpUrl, parseDataUrl } from '../contract/unknownValue';
import { adviceForExpressionText } from './expressionText';
import { checkInputSize, decodedBytes, identityOf, type InputImage } from './inputImage';
import type { InputItem } from './inputItem';

/**
 * An input image from base64 text, with or without a data URL prefix, in any form that `readBase64`
 * takes.
 *
 * @param label the parameter that holds the text
 * @param read gives the text, each time it is needed
 */
export function base64Image(item: InputItem, label: string, read: () => string): InputImage {
	const image = () => {
		const text = read();
		const data = parseDataUrl(text)?.data ?? text;
		checkInputSize(item, `The image in '${label}'`, decodedBytes(data));
		const { bytes, problem, isUnended = false } = readBase64(data);
		const type = bytes && imageTypeOf(bytes);
		if (type) return { read: new InlineImage(type.mimeType, bytes), isUnended };
		if (problem && problem !== 'empty' && problem !== 'characters' && beginsLikeImage(data)) {
			return refuseBase64(item, `The text in '${label}'`, problem);
		}
		return item.refuse(
			`'${label}' ${problem === 'empty' ? 'is empty' : 'does not contain an image'}`,
			adviceFor(label, text, problem),
		);
	};
	return {
		item,
		title: `the image in '${label}'`,
		check: async () =>
			image().isUnended
				? `The image in '${label}' has no end, as if it had been cut off, and was sent as it is`
				: undefined,
		identity: async () => await identityOf(image().read.bytes),
		load: async () => image().read,
	};
}

/** Whether base64 that cannot be read as a whole is that of an image, whatever its blanks mean. */
export function beginsLikeImage(text: string): boolean {
	const beginning = text.slice(0, 2 * IMAGE_TYPE_BYTES).trimStart();
	return [beginning, beginning.replace(/ /g, '+')].some(
		(each) => imageTypeOfBase64(each) !== undefined,
	);
}

/** Names of n8n's ways to store files, which stand where a file in memory has its content. */
const STORAGE_MARK = /^(?:filesystem(?:-v2)?|database|s3|azure)(?::[^\n]{1,300})?$/;

/** What to do about text that is no image. */
function adviceFor(label: string, text: string, problem?: Base64Problem): string {
	const asExpression = adviceForExpressionText(label, text.slice(0, 1000));
	if (asExpression !== undefined) return asExpression;
	if (problem === 'empty') {
		return `Enter the image as base64 text, or choose another '${LABELS.source}'. n8n leaves the content of a file out of $binary: for a file, set '${LABELS.source}' to Binary Data.`;
	}
	if (text.length < 400 && STORAGE_MARK.test(text.trim())) {
		return `This is not the content of a file, but the place where n8n stores it. Set '${LABELS.source}' to Binary Data, and enter the name of the field in '${LABELS.inputDataFieldName}', usually data.`;
	}
	if (isHttpUrl(text.trimStart())) {
		return `This is an address. Set '${LABELS.source}' to URL, and enter it in '${LABELS.url}'.`;
	}
	if (/%[0-9A-Fa-f]{2}/.test(text.slice(0, 100_000))) {
		return 'The text is encoded for a URL. Decode it in the expression, such as {{ decodeURIComponent($json.image) }}.';
	}
	return 'Enter a PNG, JPEG or WebP image as base64 text, with or without a data URL prefix.';
}

/** What is wrong with the base64 of an image, as the end of a sentence, and what to do about it. */
const PROBLEMS: Readonly<
	Record<Exclude<Base64Problem, 'empty'>, { readonly message: string; readonly advice: string }>
> = {
	characters: {
		message: 'has characters that base64 does not have',
		advice: 'Check where the text comes from.',
	},
	padding: {
		message: 'goes on after the padding (=) that ends base64',
		advice: 'It may be the text of two images in a row. Give each image an entry of its own.',
	},
	length: {
		message: 'has a length that no base64 has, so characters are missing or too many',
		advice:
			'It may have been cut off, or lost its + characters in a form. Send it as JSON, or send the image as a file.',
	},
	incomplete: {
		message: 'holds an image that is not complete',
		advice:
			"It may have been cut off, or lost characters on its way. Send it as JSON, or send the image as a file. If the image is right as it is, turn the text into a file with n8n's Convert to File step, and use Binary Data.",
	},
	blanks: {
		message: 'has blanks inside, which may have been + characters',
		advice:
			'A form that is not encoded turns each + into a blank, and it is not certain whether that happened here. Send the text as JSON, encode it with encodeURIComponent before it is sent, or send the image as a file.',
	},
};

/**
 * @param subject what has the problem, as the beginning of a sentence
 * @throws NodeOperationError with `itemIndex`
 */
export function refuseBase64(
	item: InputItem,
	subject: string,
	problem: Exclude<Base64Problem, 'empty'>,
): never {
	const { message, advice } = PROBLEMS[problem];
	return item.refuse(`${subject} ${message}`, `${advice} The request was not sent.`);
}
