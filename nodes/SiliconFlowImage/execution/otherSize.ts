import { LABELS } from '../contract/labels';
import { parseSize, type Size } from '../contract/size';
import type { Job } from '../input/readJob';

/**
 * What to say where an image has another size than the person chose. It is paid for, so it comes out all
 * the same. A size that the model or the input image decides is none that a person expects.
 *
 * @param dimensions of the image in pixels; undefined where its header could not be read
 */
export function otherSizeHint({ values }: Job, dimensions: Size | undefined): string | undefined {
	const chosen = typeof values.size === 'string' ? parseSize(values.size) : undefined;
	if (!chosen || !dimensions) return undefined;
	const { width, height } = dimensions;
	if (width === chosen.width && height === chosen.height) return undefined;
	return `'${LABELS.imageSize}' was ${chosen.width}x${chosen.height}, but SiliconFlow made an image of ${width}x${height}`;
}
