import type { IDataObject } from 'n8n-workflow';
import { countOf } from '../contract/numbers';
import type { ImageResult } from './imageResult';
import type { PaidImages } from './run';

/**
 * How far a failure reaches: which images besides the one it is about. Each sentence has a space in
 * front, because it ends a description.
 */

/** How many of the images that a job is for were not requested. */
export function countUnsent(numberOfImages: number, results: readonly ImageResult[]): number {
	// A gap has no result, and a failed request has one for all its images.
	return results.reduce((left, { requested = 1 }) => left - requested, numberOfImages);
}

/** A request may be for several images, all of which may have been billed. */
export function describeRequest({ requested = 1 }: ImageResult): string {
	if (requested === 1) return '';
	return ` The request was for ${countOf(requested, 'image')}, and this applies to all of them.`;
}

/** @param unsent how many images of the item were not requested because of the failure */
export function describeUnsent(unsent: number): string {
	return unsent === 0 ? '' : ` Not requested for this item: ${countOf(unsent, 'more image')}.`;
}

/**
 * What a failure that ends the run leaves behind, and how a run goes on next time.
 *
 * @param unsent how many images of the run were not requested because of the failure
 * @param others whether the run has other items, which could go on
 */
export function describeStop(
	{ count, unlinked }: PaidImages,
	unsent: number,
	others: boolean,
): string {
	const links = count === 1 ? 'Its link is' : 'Their links are';
	return [
		count > 0 && ` Already made and paid for: ${countOf(count, 'image')}.`,
		count > unlinked && ` ${links} in the details below (From SiliconFlow Image).`,
		unlinked > 0 && ` Without a link: ${countOf(unlinked, 'image')}.`,
		unsent > 0 && ` Not requested: ${countOf(unsent, 'image')}.`,
		(count > 0 || others) &&
			` To get the images of a run even if one is refused, set 'On Error' to 'Continue' in the settings of this step.`,
	]
		.filter((sentence) => sentence !== false)
		.join('');
}

/**
 * The links for the details of an exception, where n8n shows them as data that can be copied. In the
 * description they would be a wall of text.
 */
export function stopDetails({ count, unlinked, links }: PaidImages): IDataObject | undefined {
	if (links.length === 0) return undefined;
	const more = count - unlinked - links.length;
	return { images: links.map((link) => ({ ...link })), ...(more > 0 ? { more } : {}) };
}
