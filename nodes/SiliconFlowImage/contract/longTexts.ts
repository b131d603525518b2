import { parseDataUrl } from './unknownValue';

/**
 * The images that stand in a reply themselves, as base64 of megabytes. Making texts of them and parsing
 * those would block n8n's event loop, so they are taken out of the bytes first and decoded piece by
 * piece.
 */

/** Shorter texts stay, because they cost nothing. */
const LONG_BYTES = 64 * 1024;

/** No reply with images has as many quotes; looking at more would take longer than it saves. */
const MAX_QUOTES = 200_000;

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);

/** What stands in JSON in the place of a text that was taken out. */
const markOf = (index: number) => `"\\u0000long text ${index}"`;
const MARK = /^\0long text (\d+)$/;

/** A reply without its long texts. */
export interface ShortenedReply {
	readonly bytes: Buffer;
	/** What stood between the quotes: JSON, so it may have escapes. Parts of the reply, not copies. */
	readonly longTexts: readonly Buffer[];
}

/**
 * Takes the long texts out of JSON, or of a stream of events that hold some. What is neither may lose any
 * part between two quotes.
 *
 * @param longBytes how many bytes a text has at most that stays
 */
export function takeOutLongTexts(reply: Buffer, longBytes = LONG_BYTES): ShortenedReply {
	const parts: Buffer[] = [];
	const longTexts: Buffer[] = [];
	let kept = 0;
	let open = -1;
	let quote = reply.indexOf(QUOTE);
	for (let quotes = 0; quote >= 0 && quotes < MAX_QUOTES; quotes++) {
		if (open < 0) {
			open = quote;
		} else if (!isEscaped(reply, quote, open)) {
			if (quote - open > longBytes) {
				parts.push(reply.subarray(kept, open), Buffer.from(markOf(longTexts.length)));
				longTexts.push(reply.subarray(open + 1, quote));
				kept = quote + 1;
			}
			open = -1;
		}
		quote = reply.indexOf(QUOTE, quote + 1);
	}
	if (longTexts.length === 0) return { bytes: reply, longTexts };
	return { bytes: Buffer.concat([...parts, reply.subarray(kept)]), longTexts };
}

/** More in a row stand in no image, and counting them all would take long. */
const MAX_BACKSLASHES = 100;

/** Whether an odd number of backslashes stands before a quote. */
function isEscaped(reply: Buffer, quote: number, open: number): boolean {
	const first = Math.max(open + 1, quote - MAX_BACKSLASHES);
	let before = quote;
	while (before > first && reply[before - 1] === BACKSLASH) before--;
	return (quote - before) % 2 === 1;
}

/** The long text that a text of the shortened reply stands for. */
export function longTextOf(text: string, longTexts: readonly Buffer[]): Buffer | undefined {
	const [, index] = MARK.exec(text) ?? [];
	return index === undefined ? undefined : longTexts[Number(index)];
}

/** The base64 in a data URL that was taken out; undefined when it is none. */
export function dataOfLongUrl(longText: Buffer): Buffer | undefined {
	const head = longText.toString('latin1', 0, 4096);
	const { type, data = '' } = parseDataUrl(head) ?? {};
	if (!type?.toLowerCase().endsWith(';base64')) return undefined;
	return longText.subarray(head.length - data.length);
}

/** Characters that are decoded at a time, which takes a millisecond or a few. */
const PIECE_CHARACTERS = 256 * 1024;

/** What is neither of the alphabets of base64 nor its padding, such as a blank or a line break. */
const NOT_BASE64 = /[^\w+/=-]+/g;

/** An escape that a piece may end in the middle of. */
const CUT_ESCAPE = /\\(?:u[\da-f]{0,3})?$/i;

/**
 * Decodes base64 of either alphabet.
 *
 * @param base64 a text, or what was taken out of JSON
 * @param pause lets others have a turn between two pieces
 */
export async function decodeBase64(
	base64: string | Buffer,
	pause: () => Promise<void>,
	pieceCharacters = PIECE_CHARACTERS,
): Promise<Buffer> {
	if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
	const hasEscapes = base64.includes(BACKSLASH);
	const decoded = Buffer.allocUnsafe(Math.ceil(base64.length / 4) * 3);
	let length = 0;
	let rest = '';
	for (let start = 0; start < base64.length; ) {
		const piece = base64.toString('latin1', start, start + pieceCharacters);
		const isLast = start + pieceCharacters >= base64.length;
		const whole = hasEscapes && !isLast ? piece.replace(CUT_ESCAPE, '') : piece;
		start += whole.length;
		const text = rest + (hasEscapes ? unescaped(whole) : whole).replace(NOT_BASE64, '');
		// Base64 is decoded by four characters.
		const end = isLast ? text.length : text.length - (text.length % 4);
		length += decoded.write(text.slice(0, end), length, 'base64');
		rest = text.slice(end);
		if (isLast) break;
		await pause();
	}
	return decoded.subarray(0, length);
}

/** As it is where its escapes are not those of JSON; base64 has none then either. */
function unescaped(text: string): string {
	try {
		return JSON.parse(`"${text}"`) as string;
	} catch {
		return text;
	}
}
