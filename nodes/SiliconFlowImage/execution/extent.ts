import type { IDataObject } from 'n8n-workflow';
import { countOf } from '../contract/wording';
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
 * What a failure that ends the run leaves behind.
 *
 * @param unsent how many images of the run were not requested because of the failure
 */
export function describeStop({ count, unlinked }: PaidImages, unsent: number): string {
	if (count === 0 && unsent === 0) return '';
	const links = count === 1 ? ' Its link is' : ' Their links are';
	const where = unlinked < count ? `${links} in the details below.` : '';
	const lost = unlinked > 0 ? ` Without a link: ${countOf(unlinked, 'image')}.` : '';
	const made = ` Already made and paid for: ${countOf(count, 'image')}.`;
	const paid = count === 0 ? '' : `${made}${where}${lost}`;
	const left = unsent === 0 ? '' : ` Not requested: ${countOf(unsent, 'image')}.`;
	return `${paid}${left} To get every image even if another is refused, set 'On Error' to 'Continue' in the settings of this step.`;
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
