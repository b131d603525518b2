import type { IExecuteFunctions } from 'n8n-workflow';
import { cutText } from '../contract/sanitize';
import { asRecord, isText } from '../contract/unknownValue';
import type { Job } from '../input/readJob';

/** Linux and macOS take 255 bytes of UTF-8, Windows and n8n's database storage 255 characters. */
const MAX_BYTES = 255;

/** More of a name is not looked at, because it may have megabytes. */
const MAX_CHARACTERS = 1000;

/** Image extensions, which the true one takes the place of. */
const EXTENSION = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|heic)$/i;

/** What separates folders, drives or commands on some system. */
const SEPARATORS = /[\\/:|]+/g;

/** What Windows takes in no name, besides the separators. */
const FORBIDDEN = /[<>"?*]/g;

/** Line breaks and other control characters, one in a row as a blank. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * What makes a name unusable or misleading: halves of a surrogate pair, which no URL can hold (n8n
 * then cannot serve the file), and marks that turn the direction of text.
 */
const UNUSABLE = /[\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Dots and blanks in front hide a file or look like a folder; at the end, Windows drops them. */
const LEADING = /^[.\s]+/;
const DOT_OR_BLANK = /[.\s]/;

/**
 * Names that Windows keeps for devices, whatever follows the first dot ("Naming Files, Paths, and
 * Namespaces" in Microsoft's documentation). The raised digits count too.
 */
const DEVICE =
	/^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d\u00b9\u00b2\u00b3])\s*(?:\.|$)/i;

/** The name where none was set, and what stands before one that a device has. */
const IMAGE = 'image';

/**
 * Names that begin with this many equal bytes are the same, because what follows may be cut off to make
 * room for a number and an extension: 15 bytes, such as "-999999999.webp".
 */
const TELLING_BYTES = MAX_BYTES - 15;

/**
 * The name of an output file: the name that was set with the true extension, in a form that every
 * system takes, and cut so that the whole fits.
 *
 * @param asked the name that was set, with or without an extension; "image" if there is none
 * @param number put after the name where several files of the execution would have it
 * @param extension without the dot
 */
export function fileName(asked: string, number: number | undefined, extension: string): string {
	const ending = `${number === undefined ? '' : `-${number}`}.${extension}`;
	return `${cutStem(fileStem(asked), MAX_BYTES - ending.length)}${ending}`;
}

/**
 * The name that was set as file systems and URLs take it, without an extension, of up to 1000
 * characters. Its accents are composed, so that names are compared and cut in one form.
 */
function fileStem(asked: string): string {
	const clean = cutText(asked, MAX_CHARACTERS)
		.replace(UNUSABLE, '')
		.replace(CONTROLS, ' ')
		.replace(SEPARATORS, '-')
		.replace(FORBIDDEN, '')
		.normalize('NFC');
	const stem = withoutTrailing(withoutTrailing(clean).replace(EXTENSION, '')).replace(LEADING, '');
	if (stem === '') return IMAGE;
	return DEVICE.test(stem) ? `${IMAGE}-${stem}` : stem;
}

/** Not by a pattern, which would begin anew at each of the dots or blanks in the middle of a name. */
function withoutTrailing(name: string): string {
	let end = name.length;
	while (end > 0 && DOT_OR_BLANK.test(name[end - 1])) end--;
	return name.slice(0, end);
}

/** The beginning of a name, in whole characters, and without what may not be at its end. */
function cutStem(stem: string, maxBytes: number): string {
	const bytes = Buffer.from(stem);
	if (bytes.length <= maxBytes) return stem;
	let end = maxBytes;
	// UTF-8 continues a character with bytes of 10xxxxxx.
	while ((bytes[end] & 0xc0) === 0x80) end--;
	return withoutTrailing(bytes.toString('utf8', 0, end));
}

/**
 * A name as systems compare it that do not tell upper and lower case apart. The small sigma has two
 * forms, one of them for the end of a word.
 */
function comparableName(stem: string): string {
	return stem.toLowerCase().replace(/ς/g, 'σ');
}

/** What two names have in common if they would be one file on some system. */
function sameName(stem: string): string {
	return comparableName(cutStem(stem, TELLING_BYTES));
}

/** What the names of the files of an item depend on. */
export type NamedJob = Pick<Job, 'numberOfImages'> & {
	readonly output: Pick<Job['output'], 'fileName'>;
	/** Makes the same files. */
	readonly fallback?: NamedJob;
};

/** The numbers of the files of each job, in the order of its images. Without one, no number is needed. */
export type FileNumbers = ReadonlyMap<NamedJob, readonly number[]>;

/** The names that earlier runs of the step in this execution used, such as passes of a loop. */
export interface EarlierNames {
	/** How many runs there were. */
	readonly runs: number;
	/** As they are compared. */
	readonly names: ReadonlySet<string>;
}

const NO_EARLIER: EarlierNames = { runs: 0, names: new Set() };

/**
 * Numbers the files of a run, so that no two of the execution have the same name and uploads do not
 * overwrite each other. A name that is used once stays as it is. A name that is used several times, by
 * one item or by several, is numbered in the order of the output. In a loop, a name that an earlier pass
 * used is numbered from the number of this pass on.
 *
 * It is decided before anything is sent, from what is asked for: so it does not depend on which image
 * comes first, on the extensions of the files, or on what fails. Names that differ in upper and lower
 * case only are the same, as they are on Windows and macOS.
 */
export function numberFiles(
	jobs: readonly NamedJob[],
	earlier: EarlierNames = NO_EARLIER,
): FileNumbers {
	const groups = new Map<string, NamedJob[]>();
	for (const job of jobs) {
		const key = sameName(fileStem(job.output.fileName));
		const group = groups.get(key);
		if (group) group.push(job);
		else groups.set(key, [job]);
	}
	const isUsed = (name: string, job: NamedJob) =>
		earlier.names.has(name) || earlier.names.has(wholeName(job));
	const staysAsItIs = (name: string, group: readonly NamedJob[]) =>
		group.length === 1 && group[0].numberOfImages === 1 && !isUsed(name, group[0]);
	// "fox-1" may be the name of another item, and then fox has no number 1.
	const taken = new Set(
		[...groups].flatMap(([name, group]) => (staysAsItIs(name, group) ? [wholeName(group[0])] : [])),
	);
	const numbers = new Map<NamedJob, number[]>();
	for (const [name, group] of groups) {
		if (staysAsItIs(name, group)) continue;
		let last = group.some((job) => isUsed(name, job)) ? earlier.runs : 0;
		const next = () => {
			do last++;
			while (taken.has(`${name}-${last}`) || earlier.names.has(`${name}-${last}`));
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

function wholeName({ output }: NamedJob): string {
	return comparableName(fileStem(output.fileName));
}

/** What later runs must not name their files: the names as they were set, and with their numbers. */
function usedNames(jobs: readonly NamedJob[], numbers: FileNumbers): string[] {
	return jobs.flatMap((job) => {
		const name = sameName(fileStem(job.output.fileName));
		return [name, wholeName(job), ...(numbers.get(job) ?? []).map((each) => `${name}-${each}`)];
	});
}

/**
 * Numbers the files of this run of the step, and keeps their names for its later runs. n8n stores a
 * step's context with the execution, so it outlives a Wait step and a change of the worker. What the
 * first try of this run has kept is replaced by the second ("Retry On Fail").
 */
export function nameFilesOfRun(context: IExecuteFunctions, jobs: readonly NamedJob[]): FileNumbers {
	const { $runIndex: runs } = context.getWorkflowDataProxy(0);
	const stored = context.getContext('node');
	const { fileNames } = asRecord(stored);
	const byRun: unknown[] = Array.isArray(fileNames) ? fileNames.slice(0, runs) : [];
	const numbers = numberFiles(jobs, { runs, names: new Set(byRun.flat().filter(isText)) });
	byRun[runs] = [...new Set(usedNames(jobs, numbers))];
	stored.fileNames = byRun;
	return numbers;
}
