import type { InlineImage } from '../contract/inlineImage';

/** One input image of an item: looked at in the check, read again when its request leaves. */
export interface InputImage {
	/**
	 * Makes sure that there is an image, without keeping it.
	 *
	 * @throws NodeOperationError with `itemIndex`, naming the field
	 */
	readonly check: () => Promise<void>;
	/** What goes on the wire: the image itself, or the URL as given. */
	readonly load: () => Promise<InlineImage | string>;
}
