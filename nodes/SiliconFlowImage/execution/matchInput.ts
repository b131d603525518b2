import { imageDimensionsOf } from '../contract/imageFormat';
import type { InlineImage } from '../contract/inlineImage';
import { LABELS } from '../contract/labels';
import { nearestSize } from '../contract/size';
import type { Job } from '../input/readJob';
import { formatValue } from '../input/values';

/** The values of a request, with the size that fits the input image. */
export interface Matched {
	readonly values: Job['values'];
	/** Said beside the output where the image has another shape. It is the same for many items. */
	readonly hint?: string;
}

/**
 * Gives a job the recommended size that is nearest in ratio to its first input image. This is done when
 * the request is about to leave, because the image is at hand only then: a waiting job holds no bytes.
 *
 * @param images the input images of the job as they were loaded
 * @returns the values as they are, where the job says the size itself, and without a size, which means
 * the default of the model, where width and height of the image are not known
 */
export function matchInput(
	{ item, model, values, matchesInput }: Job,
	[image]: ReadonlyArray<InlineImage | string>,
): Matched {
	if (!matchesInput) return { values };
	const label = `'${LABELS.imageSize}'`;
	const id = formatValue(model.id, item.clean);
	const fallback = `the default size of ${id} was used (${model.size?.sizes[0]})`;
	if (typeof image === 'string') {
		const hint = `${label}: SiliconFlow downloads the image from its URL itself, so its shape is not known here, and ${fallback}`;
		return { values, hint };
	}
	const dimensions = image && imageDimensionsOf(image.bytes);
	const nearest = dimensions && nearestSize(model, dimensions.width / dimensions.height);
	if (nearest === undefined) {
		const hint = `${label}: width and height of an input image could not be read, so ${fallback}`;
		return { values, hint };
	}
	const { size, fits } = nearest;
	if (fits) return { values: { ...values, size } };
	const hint = `${label}: ${id} has no size with the shape of an input image, so the nearest was used (${size})`;
	return { values: { ...values, size }, hint };
}
