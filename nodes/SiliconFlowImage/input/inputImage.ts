import { createHash } from 'crypto';
import type { InlineImage } from '../contract/inlineImage';
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
	 * @throws NodeOperationError with `itemIndex`, naming the parameter
	 */
	readonly check: () => Promise<void>;
	/** What tells it from the other images of the job. */
	readonly identity: () => ImageIdentity;
	/**
	 * Reads what goes on the wire: the image itself, or its URL as given.
	 *
	 * @param shouldStop whether the image is no longer wanted
	 */
	readonly load: (shouldStop: () => boolean) => Promise<InlineImage | string>;
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
export function identityOf(bytes: Buffer): ImageIdentity {
	return { key: createHash('sha256').update(bytes).digest('hex'), isCertain: true };
}
