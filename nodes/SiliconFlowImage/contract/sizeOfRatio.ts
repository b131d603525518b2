import type { Capabilities } from './catalog';
import { parseSize, ratioName, sizeViolation } from './size';

/** Which size of a model has a shape: that of a ratio that was asked for, or of an input image. */

/** How far a size may be from a ratio and still have it: 1472x1140 is 4:3, and 1024x768 is not 5:4. */
const TOLERANCE = 0.05;

/** The size of a model that is nearest in ratio. */
export interface NearestSize {
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
 * @returns undefined for a model whose sizes are not known
 */
export function nearestSize(model: Capabilities, ratio: number): NearestSize | undefined {
	const distance = (size: string) => Math.abs(Math.log(ratioOfSize(size) / ratio));
	const [first, ...others] = sizesBothWays(model);
	if (first === undefined) return undefined;
	const size = others.reduce(
		(best, each) => (distance(each) < distance(best) ? each : best),
		first,
	);
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
	const { width, height } = parseSize(text) ?? { width: 1, height: 1 };
	return width / height;
}
