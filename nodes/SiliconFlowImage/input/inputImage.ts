import type { InlineImage } from '../contract/inlineImage';

/**
 * One input image of an item, wherever it comes from. It is read twice, when the item is checked and
 * when its request leaves, because a waiting item must not hold the bytes.
 */
export interface InputImage {
	/**
	 * Makes sure that there is an image, without keeping it.
	 *
	 * @throws NodeOperationError with `itemIndex`, naming the parameter
	 */
	readonly check: () => Promise<void>;
	/** Reads what goes on the wire: the image itself, or its URL as given. */
	readonly load: () => Promise<InlineImage | string>;
}
