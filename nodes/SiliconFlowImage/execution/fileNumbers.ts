import type { Job } from '../input/readJob';
import { comparableName, fileStem, sameName } from './fileNames';

/** What the names of the files of an item depend on. */
export type NamedJob = Pick<Job, 'numberOfImages'> & {
	readonly output: Pick<Job['output'], 'fileName'>;
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
		for (const job of group) numbers.set(job, Array.from({ length: job.numberOfImages }, next));
	}
	return numbers;
}
