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
export function normalizeSize(text: string): string {
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
	const { listedOnly, sizes = [], side } = model.size ?? {};
	if (listedOnly) return `must be one of ${sizes.join(', ')}`;
	const rule = side
		? `must have sides of ${side.min} to ${side.max} pixels that are multiples of ${side.multipleOf}`
		: 'must be a width and a height in pixels, such as 1024x1024';
	return `${rule}${recommended(model)}`;
}

/** What is wrong with a size for a model, in the same way, or undefined when the model takes it. */
export function sizeViolation(text: string, model: Capabilities): string | undefined {
	const { listedOnly, sizes = [], side, maxPixels } = model.size ?? {};
	if (listedOnly) return sizes.includes(text) ? undefined : sizeRule(model);
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

// Which size of a model has a shape: that of a ratio that was asked for, or of an input image.

/** How far a size may be from a ratio and still have it: 1472x1140 is 4:3, and 1024x768 is not 5:4. */
const TOLERANCE = 0.05;

/** The size of a model that is nearest in ratio. */
interface NearestSize {
	readonly size: string;
	/** Whether people see no difference between its ratio and the one asked for. */
	readonly fits: boolean;
}

/** The number that a ratio such as "16:9" or "2.35 : 1" means, or undefined for any other text. */
export function parseRatio(text: string): number | undefined {
	const match = /^(\d{1,4}(?:\.\d{1,4})?)\s*:\s*(\d{1,4}(?:\.\d{1,4})?)$/.exec(text.trim());
	const ratio = match ? Number(match[1]) / Number(match[2]) : 0;
	return ratio > 0 && Number.isFinite(ratio) ? ratio : undefined;
}

/**
 * The size of a model whose ratio of width to height is nearest: the ratio that is so many times too
 * wide is as near as the one that is so many times too narrow.
 *
 * @param pixels decides between sizes of the same ratio, in the same way; without it, the first counts
 * @returns undefined for a model whose sizes are not known
 */
export function nearestSize(
	model: Capabilities,
	ratio: number,
	pixels?: number,
): NearestSize | undefined {
	const distance = (size: string) => Math.abs(Math.log(ratioOfSize(size) / ratio));
	const inArea = (size: string) => Math.abs(Math.log(pixelsOf(size) / (pixels ?? pixelsOf(size))));
	const isNearer = (one: string, other: string) =>
		distance(one) < distance(other) ||
		(distance(one) === distance(other) && inArea(one) < inArea(other));
	const [first, ...others] = sizesBothWays(model);
	if (first === undefined) return undefined;
	const size = others.reduce((best, each) => (isNearer(each, best) ? each : best), first);
	return { size, fits: distance(size) <= Math.log(1 + TOLERANCE) };
}

/** The familiar ratios that a model has a size of, such as "16:9", each once. */
export function ratiosOf(model: Capabilities): string[] {
	return [...new Set(sizesBothWays(model).flatMap((size) => ratioName(size) ?? []))];
}

/**
 * The recommended sizes, and after them the same ones turned by 90 degrees where the model takes them.
 * Some models recommend upright sizes only, and a landscape would become a square with them.
 */
function sizesBothWays(model: Capabilities): string[] {
	const sizes = model.size?.sizes ?? [];
	const turned = sizes
		.map((size) => size.split('x').reverse().join('x'))
		.filter((size) => sizeViolation(size, model) === undefined);
	return [...new Set([...sizes, ...turned])];
}

function ratioOfSize(text: string): number {
	const [width, height] = text.split('x').map(Number);
	return width / height;
}

function pixelsOf(text: string): number {
	const [width, height] = text.split('x').map(Number);
	return width * height;
}
