import type { Site } from '../nodes/SiliconFlowImage/contract/models';
import { formatCount } from '../nodes/SiliconFlowImage/contract/numbers';

/** What an image costs, where that is publicly stated. A price that is missing here is unknown. */

export interface Price {
	readonly amount: number;
	readonly currency: 'CNY' | 'USD';
}

/** How far to trust them. They change without notice, and the account's bill is what counts. */
export const PRICES_READ =
	'as stated publicly in November 2026; what counts is the bill of the account';

const CNY = (amount: number): Price => ({ amount, currency: 'CNY' });

/** Per image. Of the international site, no price was found that is stated by the service itself. */
const PRICES: Readonly<Record<Site, Readonly<Record<string, Price>>>> = {
	cn: {
		'Kwai-Kolors/Kolors': CNY(0),
		'Qwen/Qwen-Image': CNY(0.3),
		'Qwen/Qwen-Image-Edit': CNY(0.3),
		'Qwen/Qwen-Image-Edit-2509': CNY(0.3),
		'Tongyi-MAI/Z-Image': CNY(0.3),
		'Tongyi-MAI/Z-Image-Turbo': CNY(0.1),
	},
	com: {},
};

/** @returns undefined where the price is not known */
export function priceOf(model: string, site: Site): Price | undefined {
	return PRICES[site][model];
}

/** Whether a model is known to cost nothing. */
export function isFree(model: string, site: Site): boolean {
	return priceOf(model, site)?.amount === 0;
}

/**
 * What images cost, in words, such as "CNY 1.50, and 2 images at an unknown price", "nothing" or
 * "price unknown".
 *
 * @param images how many of which model
 */
export function costOf(
	images: ReadonlyArray<{ readonly model: string; readonly images: number }>,
	site: Site,
): string {
	const sums = new Map<string, number>();
	let unknown = 0;
	for (const { model, images: count } of images) {
		const price = priceOf(model, site);
		if (price === undefined) unknown += count;
		else sums.set(price.currency, (sums.get(price.currency) ?? 0) + price.amount * count);
	}
	if (unknown > 0 && sums.size === 0) return 'price unknown';
	const known = [...sums]
		.filter(([, sum]) => sum > 0)
		.map(([currency, sum]) => `${currency} ${sum.toFixed(2)}`);
	const rest = unknown > 0 ? [`${formatCount(unknown, 'image')} at an unknown price`] : [];
	return [...known, ...rest].join(', and ') || 'nothing';
}
