import { createHash, webcrypto } from 'crypto';
import { MAX_INPUT_MEGABYTES, type InlineImage } from '../contract/inlineImage';
import type { InputItem } from './inputItem';

/**
 * One input image of a job, wherever it comes from. It is read twice, when the item is checked and
 * when its request leaves, because a waiting item must not hold the bytes.
 */
export interface InputImage {
	/** The input item that it is of. */
	readonly item: InputItem;
	/** What it is called in messages, such as "the file in data". */
	readonly title: string;
	/**
	 * Makes sure that there is an image, without keeping it.
	 *
	 * @returns what to say beside the output about one that is sent all the same
	 * @throws NodeOperationError with `itemIndex`, naming the parameter
	 */
	readonly check: () => Promise<string | undefined>;
	/** What tells it from the other images of the job. */
	readonly identity: () => Promise<ImageIdentity>;
	/**
	 * Reads what goes on the wire: the image itself, or its URL as given.
	 *
	 * @param shouldStop whether the image is no longer wanted
	 */
	readonly load: (shouldStop: () => boolean) => Promise<InlineImage | string>;
	/** The digest of its content (`digestOf`); undefined where only loading it would tell. */
	readonly digest?: () => Promise<string | undefined>;
}

/**
 * Tells one input image from another. Two may be different and still mean the same image, because a
 * stored file or a URL is not read for this.
 */
export interface ImageIdentity {
	readonly key: string;
	/** False for a URL, which may lead to another image each time. */
	readonly isCertain: boolean;
}

/** The identity of an image whose bytes are at hand. */
export async function identityOf(bytes: Buffer): Promise<ImageIdentity> {
	return { key: await digestOf(bytes), isCertain: true };
}

/** So little takes less time at once than beside the event loop. */
const MAX_BYTES_AT_ONCE = 64 * 1024;

/**
 * SHA-256 in hexadecimal. What is large is hashed beside the event loop, which it would block.
 *
 * @param content bytes, or text in UTF-8
 */
export async function digestOf(content: Buffer | string): Promise<string> {
	const bytes = typeof content === 'string' ? Buffer.from(content) : content;
	if (bytes.length <= MAX_BYTES_AT_ONCE) return createHash('sha256').update(bytes).digest('hex');
	return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

/** Most files whose digests are remembered. */
const MAX_FILES = 1_000;

/** The digests of stored files by n8n's id, which stands for one content for ever. */
const digests = new Map<string, string>();

/**
 * The digest of a stored file, computed once.
 *
 * @param id n8n's id of the file
 * @param compute reads the file, where it is not remembered
 */
export async function digestOfFile(id: string, compute: () => Promise<string>): Promise<string> {
	const digest = digests.get(id) ?? (await compute());
	// Put behind the others, so that the one that was not needed for longest is forgotten first.
	digests.delete(id);
	digests.set(id, digest);
	const [oldest] = digests.keys();
	if (digests.size > MAX_FILES) digests.delete(oldest);
	return digest;
}

const MEGABYTE = 1024 * 1024;
const MAX_BYTES = MAX_INPUT_MEGABYTES * MEGABYTE;

/** White space and padding, which hold no bytes. */
const EMPTY = ' \t\n\r\f\v=';

/**
 * Checks the size of an input image, before it is loaded or decoded.
 *
 * @param subject what is checked, with the label of its parameter, as the beginning of a sentence
 * @param bytes its size in bytes
 * @throws NodeOperationError with `itemIndex` when it is above `MAX_INPUT_MEGABYTES`
 */
export function checkInputSize(item: InputItem, subject: string, bytes: number): void {
	if (bytes > MAX_BYTES) refuseInputSize(item, subject, bytes);
}

/**
 * @param bytes the size in bytes; none when it is only known to be above the limit
 * @throws NodeOperationError with `itemIndex`
 */
export function refuseInputSize(item: InputItem, subject: string, bytes?: number): never {
	const limit = `${MAX_INPUT_MEGABYTES} MB`;
	const size = bytes === undefined ? `more than ${limit}` : formatMegabytes(bytes);
	return item.refuse(
		`${subject} is too large (${size}, and the limit is ${limit})`,
		"Make the image smaller, for example with the Resize operation of n8n's Edit Image step. The request was not sent.",
	);
}

/** How many bytes base64 text holds, without decoding it. */
export function decodedBytes(text: string): number {
	const most = Math.floor((text.length * 3) / 4);
	// Counting takes time, so it is left out where the answer does not matter.
	if (most <= MAX_BYTES || most > 2 * MAX_BYTES) return most;
	let empty = 0;
	for (const character of EMPTY) {
		for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) empty++;
	}
	return Math.floor(((text.length - empty) * 3) / 4);
}

/** Rounded up, so that a size above the limit never looks like the limit. */
function formatMegabytes(bytes: number): string {
	return `${Math.ceil((bytes / MEGABYTE) * 10) / 10} MB`;
}
