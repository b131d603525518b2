import { cutText } from '../contract/sanitize';
import type { Job } from '../input/readJob';

/** n8n's database storage keeps 255 characters of a name; file systems take no more either. */
const MAX_CHARACTERS = 255;

/** Image extensions, which the true one takes the place of. */
const EXTENSION = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|heic)$/i;

/** What separates folders or drives on some system. */
const SEPARATORS = /[\\/:]+/g;

/** Line breaks and other control characters, one in a row as a blank. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * What makes a name unusable or misleading: halves of a surrogate pair, which no URL can hold (n8n
 * then cannot serve the file), and marks that turn the direction of text.
 */
const UNUSABLE = /[\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Names that begin with this many equal characters are the same, because what follows may be cut off
 * to make room for a number and an extension.
 */
const TELLING_CHARACTERS = 240;

/**
 * The name of an output file: the name that was set with the true extension, cut so that the whole
 * fits.
 *
 * @param asked the name that was set, with or without an extension; "image" if there is none
 * @param number put after the name where several files of the run would have it
 * @param extension without the dot
 */
export function fileName(asked: string, number: number | undefined, extension: string): string {
	const ending = `${number === undefined ? '' : `-${number}`}.${extension}`;
	return `${cutText(fileStem(asked), MAX_CHARACTERS - ending.length)}${ending}`;
}

/**
 * The name that was set as file systems and URLs take it, without an extension, of any length. Its
 * accents are composed, so that names are compared and cut in one form.
 */
function fileStem(asked: string): string {
	const stem = asked
		.replace(UNUSABLE, '')
		.normalize('NFC')
		.replace(CONTROLS, ' ')
		.replace(SEPARATORS, '-')
		.trim()
		.replace(EXTENSION, '');
	return stem || 'image';
}

/** A name as systems compare it that do not tell upper and lower case apart. */
function comparableName(stem: string): string {
	return stem.toLowerCase();
}

/** What two names have in common if they would be one file on some system. */
function sameName(stem: string): string {
	return comparableName(stem).slice(0, TELLING_CHARACTERS);
}

/** What the names of the files of an item depend on. */
export type NamedJob = Pick<Job, 'numberOfImages'> & {
	readonly output: Pick<Job['output'], 'fileName'>;
	/** Makes the same files. */
	readonly fallback?: NamedJob;
};

/** The numbers of the files of each job, in the order of its images. Without one, no number is needed. */
export type FileNumbers = ReadonlyMap<NamedJob, readonly number[]>;

/**
 * Numbers the files of a run, so that no two have the same name and uploads do not overwrite each
 * other. A name that is used once stays as it is. A name that is used several times, by one item or by
 * several, is numbered in the order of the output.
 *
 * It is decided before anything is sent, from what is asked for: so it does not depend on which image
 * comes first, on the extensions of the files, or on what fails. Names that differ in upper and lower
 * case only are the same, as they are on Windows and macOS.
 */
export function numberFiles(jobs: readonly NamedJob[]): FileNumbers {
	const groups = new Map<string, NamedJob[]>();
	for (const job of jobs) {
		const key = sameName(fileStem(job.output.fileName));
		const group = groups.get(key);
		if (group) group.push(job);
		else groups.set(key, [job]);
	}
	const isSingle = (group: readonly NamedJob[]) =>
		group.length === 1 && group[0].numberOfImages === 1;
	// "fox-1" may be the name of another item, and then fox has no number 1.
	const taken = new Set(
		[...groups.values()]
			.filter(isSingle)
			.map(([{ output }]) => comparableName(fileStem(output.fileName))),
	);
	const numbers = new Map<NamedJob, number[]>();
	for (const [name, group] of groups) {
		if (isSingle(group)) continue;
		let last = 0;
		const next = () => {
			do last++;
			while (taken.has(`${name}-${last}`));
			return last;
		};
		for (const job of group) {
			const own = Array.from({ length: job.numberOfImages }, next);
			numbers.set(job, own);
			if (job.fallback) numbers.set(job.fallback, own);
		}
	}
	return numbers;
}
