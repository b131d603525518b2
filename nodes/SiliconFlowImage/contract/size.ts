import type { Capabilities } from './catalog';

/** Width and height of an image in pixels. */
export interface Size {
	readonly width: number;
	readonly height: number;
}

/** Familiar ratios; the label of a size names the nearest one. */
const RATIOS = ['1:1', '4:3', '3:4', '3:2', '2:3', '16:9', '9:16', '2:1', '1:2', '21:9', '9:21'];

/** Contract: `image_size` is "[width]x[height]". Returns undefined for anything else. */
export function parseSize(text: string): Size | undefined {
	const match = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(text);
	return match ? { width: Number(match[1]), height: Number(match[2]) } : undefined;
}

/**
 * A size in the contract's spelling, from those that people use: "1024 x 768", "1024X768",
 * "1024×768", "1024*768". Any other text stays as it is, without blanks around it.
 */
export function spellSize(text: string): string {
	return text.trim().replace(/^(\d+)\s*[xX×*]\s*(\d+)$/, '$1x$2');
}

/** The size with the nearest familiar ratio: "1664x928" becomes "1664x928 (16:9)". */
export function sizeLabel(text: string): string {
	const ratio = ratioName(text);
	return ratio === undefined ? text : `${text} (${ratio})`;
}

/** The familiar ratio nearest to that of a size, such as "16:9"; undefined for what is no size. */
export function ratioName(text: string): string | undefined {
	const size = parseSize(text);
	return size && nearestRatio(size);
}

/**
 * What a size must be for a model, as the end of a sentence that begins with the label of the
 * field: one of a list, with sides in a range, or at least a size.
 */
export function sizeRule(model: Capabilities): string {
	const { closed, sizes = [], side } = model.size ?? {};
	if (closed) return `must be one of ${sizes.join(', ')}`;
	const rule = side
		? `must have sides of ${side.min} to ${side.max} pixels that are multiples of ${side.multipleOf}`
		: 'must be a width and a height in pixels, such as 1024x1024';
	return `${rule}${recommended(model)}`;
}

/** What is wrong with a size for a model, in the same way, or undefined when the model takes it. */
export function sizeViolation(text: string, model: Capabilities): string | undefined {
	const { closed, sizes = [], side, maxPixels } = model.size ?? {};
	if (closed) return sizes.includes(text) ? undefined : sizeRule(model);
	const size = parseSize(text);
	if (size === undefined) return sizeRule(model);
	const sides = [size.width, size.height];
	if (side && sides.some((n) => n < side.min || n > side.max || n % side.multipleOf !== 0)) {
		return sizeRule(model);
	}
	if (maxPixels !== undefined && size.width * size.height > maxPixels) {
		return `must have at most ${maxPixels} pixels in total${recommended(model)}`;
	}
	return undefined;
}

/** Whether a text is a ratio such as 16:9 between two others, both included. */
export function isRatioWithin(text: string, narrowest: string, widest: string): boolean {
	if (!/^[1-9]\d{0,3}:[1-9]\d{0,3}$/.test(text)) return false;
	const [ratio, least, most] = [text, narrowest, widest].map(ratioOf);
	return ratio >= least && ratio <= most;
}

function ratioOf(text: string): number {
	const [across, down] = text.split(':').map(Number);
	return across / down;
}

function recommended(model: Capabilities): string {
	const sizes = model.size?.sizes ?? [];
	return sizes.length > 0 ? ` (recommended for this model: ${sizes.join(', ')})` : '';
}

function nearestRatio({ width, height }: Size): string {
	const distance = (ratio: string) => Math.abs(Math.log(width / height / ratioOf(ratio)));
	return RATIOS.reduce((best, ratio) => (distance(ratio) < distance(best) ? ratio : best));
}
