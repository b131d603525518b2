import type { InputImage } from '../input/inputImage';
import type { Job } from '../input/readJob';
import { imageKeysOf, requestHashOf } from './imageKey';
import type { Run } from './runState';
import {
	MIN_LIFE_MS,
	MIN_LIFE_OF_OUTPUT_MS,
	unclaimedImages,
	type KeptImage,
} from './unclaimedImages';

/** Images that an earlier run left, by the positions among the images of the job that they get now. */
export type TakenImages = ReadonlyMap<number, KeptImage>;

const NONE: TakenImages = new Map();

/**
 * Takes what earlier runs of the same step left for such a job, before anything is requested. Its input
 * images are looked at only if something may be there.
 *
 * @param positions of the images that are wanted, among those of the job, from 0
 */
export async function takeImages(
	run: Run,
	job: Job,
	positions: readonly number[] = positionsOf(job),
): Promise<TakenImages> {
	if (unclaimedImages.size === 0) return NONE;
	const request = await requestHashOf(run, job);
	if (request === undefined || !unclaimedImages.hasFor(request)) return NONE;
	const load = async (image: InputImage) => await image.load(run.shouldStop);
	const keyAt = await run.imageSlots
		.use(async () => await imageKeysOf(run, job, load))
		// The request will say why an input image cannot be had.
		.catch(() => undefined);
	if (keyAt === undefined || run.shouldStop()) return NONE;
	const minLifeMs = job.output.download ? MIN_LIFE_MS : MIN_LIFE_OF_OUTPUT_MS;
	const taken = new Map<number, KeptImage>();
	for (const position of positions) {
		const kept = run.images.take(keyAt(position), minLifeMs);
		if (kept) taken.set(position, kept);
	}
	return taken;
}

/** The positions of all images of a job, from 0. */
export function positionsOf({ numberOfImages }: Job): number[] {
	return Array.from({ length: numberOfImages }, (_, position) => position);
}
