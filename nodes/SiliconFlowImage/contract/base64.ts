import { wholenessOf, type Wholeness } from './imageStructure';

/** Why a text cannot be the base64 of an image as a whole. */
export type Base64Problem =
	/** There is nothing in it. */
	| 'empty'
	/** It has characters that base64 does not have. */
	| 'characters'
	/** It goes on after its padding, as two texts in a row do. */
	| 'padding'
	/** No bytes have a base64 of this length. */
	| 'length'
	/** The image in it is cut off, or bytes are missing in it. */
	| 'incomplete'
	/** Blanks stand where `+` may have been, and it is not certain what they mean. */
	| 'blanks';

/** The bytes that a text holds, or why it holds none. */
export type ReadBase64 =
	| {
			readonly bytes: Buffer;
			readonly problem?: undefined;
			/** Whether the image has no end, although the text is whole. */
			readonly isUnended?: boolean;
	  }
	| { readonly bytes?: undefined; readonly problem: Base64Problem; readonly isUnended?: undefined };

/**
 * Reads the base64 of an image: of either alphabet, with or without padding, folded into lines or not.
 *
 * Form encoding turns each `+` into a blank, and shells turn line breaks into blanks. What a blank was
 * is decided by the length of the text and the structure of the image, if only one of the two fits.
 *
 * @param text without the prefix of a data URL; of any length, in time that grows with it at most
 * @param isOfBytes whether it was written from bytes and kept since, so that its image is as it was,
 * whole or not
 */
export function readBase64(text: string, isOfBytes = false): ReadBase64 {
	const characters = text.includes(' ') ? text : text.replace(/\s+/g, '');
	const plain = decodePlain(characters);
	if (plain) return isOfBytes ? { bytes: plain } : asWhole(plain, characters.endsWith('='));
	const scanned = scan(text);
	if ('problem' in scanned) return scanned;
	const { withoutBlanks, withPluses, padding, hasInnerBlanks } = scanned;
	if (withPluses.length === 0) {
		// Padding changes no byte, so it may be missing, and there may be too much of it.
		return withoutBlanks.length % 4 === 1
			? { problem: 'length' }
			: asWhole(decode(withoutBlanks), padding > 0);
	}
	const fits = ({ length }: Buffer) =>
		padding > 0 ? (length + padding) % 4 === 0 : length % 4 !== 1;
	const deleted = fits(withoutBlanks) ? decode(withoutBlanks) : undefined;
	// Around a line, blanks are its indentation, unless the image says otherwise.
	if (deleted && !hasInnerBlanks && !['broken', 'unended'].includes(wholenessOf(deleted, true))) {
		return { bytes: deleted };
	}
	return choose(deleted, withPluses.filter(fits).map(decode), padding > 0);
}

/** Decodes a text without white space, which most are in the end; undefined for any other text. */
function decodePlain(text: string): Buffer | undefined {
	let length = text.length;
	while (length > 0 && text[length - 1] === '=') length--;
	if (length === 0 || length % 4 === 1) return undefined;
	// Node takes 中 for the hyphen that the lower half of its code is.
	if (Buffer.byteLength(text) !== text.length) return undefined;
	// What is not base64 it leaves out, and then there are too few bytes.
	const bytes = Buffer.from(text, 'base64');
	return bytes.length === Math.floor((length * 3) / 4) ? bytes : undefined;
}

const decode = (characters: Buffer) => Buffer.from(characters.toString('latin1'), 'base64');

/**
 * Padding is at the end of base64 alone, so a text that has it was not cut off, and what its image lacks
 * was never there. A text without padding may have been cut off anywhere.
 */
function asWhole(bytes: Buffer, hasPadding: boolean): ReadBase64 {
	const wholeness = wholenessOf(bytes, false);
	if (wholeness === 'unended' && hasPadding) return { bytes, isUnended: true };
	return wholeness === 'unended' || wholeness === 'broken' ? { problem: 'incomplete' } : { bytes };
}

/** How well a reading of the blanks fits. */
const RANK: Readonly<Record<Wholeness, number>> = {
	broken: 0,
	unended: 1,
	unknown: 1,
	trailing: 2,
	exact: 3,
};

/**
 * Chooses what the blanks were. A format whose structure is not looked at cannot confirm a `+`, so its
 * blanks are taken out, if nothing else is possible.
 *
 * @param deleted the bytes if the blanks mean nothing, where the length allows it
 * @param readings the bytes if they are `+`
 */
function choose(
	deleted: Buffer | undefined,
	readings: readonly Buffer[],
	hasPadding: boolean,
): ReadBase64 {
	const ranked = [...(deleted ? [deleted] : []), ...readings].map((bytes) => {
		const wholeness = wholenessOf(bytes, true);
		const isUnended = wholeness === 'unended';
		return { bytes, isUnended, rank: isUnended && !hasPadding ? RANK.broken : RANK[wholeness] };
	});
	if (ranked.length === 0) return { problem: 'length' };
	const best = Math.max(...ranked.map(({ rank }) => rank));
	const [first, ...others] = ranked.filter(({ rank }) => rank === best);
	if (best === RANK.broken) return { problem: 'incomplete' };
	const isUnconfirmed = best === RANK.unknown && first.bytes !== deleted;
	if (others.length > 0 || isUnconfirmed) return { problem: 'blanks' };
	return first.isUnended ? { bytes: first.bytes, isUnended: true } : { bytes: first.bytes };
}

/** The characters of a text, without white space and padding, by what its blanks may mean. */
interface Scanned {
	readonly withoutBlanks: Buffer;
	/** None where there are no blanks: with those inside a line as `+`, and with all of them. */
	readonly withPluses: readonly Buffer[];
	/** Whether there are blanks between two characters of a line. */
	readonly hasInnerBlanks: boolean;
	/** How many `=` are at the end. */
	readonly padding: number;
}

const [CHARACTER, PADDING, BLANK, BREAK] = [1, 2, 3, 4];
const BLANK_CODE = ' '.charCodeAt(0);
const PLUS_CODE = '+'.charCodeAt(0);

/** What each byte is; 0 for what base64 does not have. */
const KINDS = new Uint8Array(256);
for (const code of Buffer.from(
	'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_',
)) {
	KINDS[code] = CHARACTER;
}
KINDS['='.charCodeAt(0)] = PADDING;
KINDS[BLANK_CODE] = BLANK;
for (const code of Buffer.from('\t\n\v\f\r')) KINDS[code] = BREAK;

/** Sorts the characters in one pass, because patterns may take far more than linear time here. */
function scan(text: string): Scanned | { problem: Base64Problem } {
	// A blank at the end may be a `+` too, but line breaks and blanks of other scripts mean nothing.
	const isLatin = Buffer.byteLength(text) === text.length;
	const bytes = Buffer.from(isLatin ? text : text.replace(/[^\0-\x7f]+/g, (other) => other.trim()));
	const withoutBlanks = Buffer.allocUnsafe(bytes.length);
	const innerPluses = Buffer.allocUnsafe(bytes.length);
	const allPluses = Buffer.allocUnsafe(bytes.length);
	let [characters, inner, all, padding, run] = [0, 0, 0, 0, 0];
	/** Whether a character of the line came before, so that blanks are inside the line if one follows. */
	let isInLine = false;
	const endRun = () => {
		for (; isInLine && run > 0; run--) innerPluses[inner++] = PLUS_CODE;
		run = 0;
	};
	// A loop by position takes a fraction of the time of one by iterator.
	for (let at = 0; at < bytes.length; at++) {
		const code = bytes[at];
		const kind = KINDS[code];
		if (kind === CHARACTER) {
			if (padding > 0) return { problem: 'padding' };
			if (run > 0) endRun();
			isInLine = true;
			withoutBlanks[characters++] = code;
			innerPluses[inner++] = code;
			allPluses[all++] = code;
		} else if (kind === BLANK) {
			// Behind the padding it is no `+`.
			if (padding === 0) {
				allPluses[all++] = PLUS_CODE;
				run++;
			}
		} else if (kind === BREAK) {
			isInLine = false;
			run = 0;
		} else if (kind === PADDING) {
			endRun();
			padding++;
		} else return { problem: 'characters' };
	}
	if (characters === 0) return { problem: padding > 0 ? 'length' : 'empty' };
	const hasInnerBlanks = inner > characters;
	const withPluses = [
		...(hasInnerBlanks ? [innerPluses.subarray(0, inner)] : []),
		...(all > inner ? [allPluses.subarray(0, all)] : []),
	];
	return {
		withoutBlanks: withoutBlanks.subarray(0, characters),
		withPluses,
		hasInnerBlanks,
		padding,
	};
}
