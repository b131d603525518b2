/** n8n's database storage keeps 255 characters of a name; file systems take no more either. */
const MAX_CHARACTERS = 255;

/** Image extensions, which the true one takes the place of. */
const EXTENSION = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|heic)$/i;

/** What separates folders or drives on some system. */
const SEPARATORS = /[\\/:]+/g;

/** Line breaks and other control characters, one in a row as a blank. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * What makes a name unusable or misleading: halves of a surrogate pair, which no URL can hold (n8n
 * then cannot serve the file), and marks that turn the direction of text.
 */
const UNUSABLE = /[\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * The name of an output file: the name that was set with the true extension, cut so that the whole
 * fits.
 *
 * @param asked the name that was set, with or without an extension; "image" if there is none
 * @param number put after the name when the item has several images
 * @param extension without the dot
 */
export function fileName(asked: string, number: number | undefined, extension: string): string {
	const clean = asked
		.replace(UNUSABLE, '')
		.replace(CONTROLS, ' ')
		.replace(SEPARATORS, '-')
		.trim()
		.replace(EXTENSION, '');
	const ending = `${number === undefined ? '' : `-${number}`}.${extension}`;
	return `${cut(clean, MAX_CHARACTERS - ending.length) || 'image'}${ending}`;
}

/** The beginning of a text, without half a surrogate pair at its end. */
function cut(text: string, length: number): string {
	return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
