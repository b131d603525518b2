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
 * Names that begin with this many equal characters are the same, because what follows may be cut off
 * to make room for a number and an extension.
 */
const TELLING_CHARACTERS = 240;

/**
 * The name of an output file: the name that was set with the true extension, cut so that the whole
 * fits.
 *
 * @param asked the name that was set, with or without an extension; "image" if there is none
 * @param number put after the name where several files of the run would have it
 * @param extension without the dot
 */
export function fileName(asked: string, number: number | undefined, extension: string): string {
	const ending = `${number === undefined ? '' : `-${number}`}.${extension}`;
	return `${cut(fileStem(asked), MAX_CHARACTERS - ending.length)}${ending}`;
}

/**
 * The name that was set as file systems and URLs take it, without an extension, of any length. Its
 * accents are composed, so that names are compared and cut in one form.
 */
export function fileStem(asked: string): string {
	const clean = asked
		.replace(UNUSABLE, '')
		.normalize('NFC')
		.replace(CONTROLS, ' ')
		.replace(SEPARATORS, '-')
		.trim()
		.replace(EXTENSION, '');
	return clean || 'image';
}

/** A name as systems compare it that do not tell upper and lower case apart. */
export function comparableName(stem: string): string {
	return stem.toLowerCase();
}

/** What two names have in common if they would be one file on some system. */
export function sameName(stem: string): string {
	return comparableName(stem).slice(0, TELLING_CHARACTERS);
}

/** The beginning of a text, without half a surrogate pair at its end. */
function cut(text: string, length: number): string {
	return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
