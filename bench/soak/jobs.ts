import type { INode, INodeParameters } from 'n8n-workflow';
import type { Item } from '../../harness/engine/engine';
import { testImage } from '../../harness/engine/testImages';
import {
	DEADLY,
	DOWNLOAD_FAULTS,
	REPLY_FAULTS,
	replyFaultOf,
	STALLING,
	type DownloadFaultName,
	type ReplyFaultName,
} from './faults';

/** One input item: what it asks for, and what goes wrong with it. */
export interface SoakJob {
	readonly id: number;
	/** Begins with what the simulator reads: `#job reply-fault xtimes download-fault xtimes`. */
	readonly prompt: string;
	readonly images: number;
	readonly hasFault: boolean;
	/** Whether its links never give an image. */
	readonly isDead: boolean;
}

/** One execution of the workflow. */
export interface SoakExecution {
	readonly jobs: readonly SoakJob[];
	readonly parameters: INodeParameters;
	readonly items: readonly Item[];
	readonly onError: INode['onError'];
	readonly retryOnTimeout: boolean;
}

/** Input images for edits. */
const INPUTS = (['png', 'jpeg', 'webp'] as const).map((format, seed) => ({
	bytes: testImage(format, seed),
	name: `input.${format}`,
	mimeType: `image/${format}`,
}));

export type Site = 'cn' | 'com';

/** Models that make small images, so that drawing them takes little of the time. */
const MODELS: Record<
	Site,
	ReadonlyArray<readonly [id: string, operation: string, size?: string]>
> = {
	cn: [
		['Kwai-Kolors/Kolors', 'generate', '64x64'],
		['Kwai-Kolors/Kolors', 'edit', '80x64'],
		['Qwen/Qwen-Image', 'generate', '64x96'],
		['Qwen/Qwen-Image-Edit', 'edit'],
		['Qwen/Qwen-Image-Edit-2509', 'edit'],
		['Tongyi-MAI/Z-Image', 'generate', '96x64'],
		['Tongyi-MAI/Z-Image-Turbo', 'generate', '64x64'],
		['Acme/Tomorrow-1', 'generate', '64x64'],
	],
	com: [
		['Qwen/Qwen-Image', 'generate', '64x64'],
		['Qwen/Qwen-Image-Edit', 'edit'],
		['black-forest-labs/FLUX.1-Kontext-dev', 'edit'],
		['black-forest-labs/FLUX.1-dev', 'generate', '64x64'],
		['black-forest-labs/FLUX-1.1-pro-Ultra', 'generate', '64x64'],
		['black-forest-labs/FLUX-1.1-pro', 'generate', '256x256'],
	],
};

const replyFaults = Object.keys(REPLY_FAULTS) as ReplyFaultName[];
const rejections = replyFaults.filter((name) => replyFaultOf(name)?.rejects);
const otherReplyFaults = replyFaults.filter((name) => !replyFaultOf(name)?.rejects);
const downloadFaults = Object.keys(DOWNLOAD_FAULTS) as DownloadFaultName[];

/** Random executions. Everything follows from the numbers that `random` gives, from 0 up to 1. */
export class JobFactory {
	private lastId = 0;

	constructor(private readonly random: () => number) {}

	/** @param isLimited whether the service may reject requests for now */
	execution(site: Site, isLimited: boolean, mostJobs: number): SoakExecution {
		const [model, operation, size] = this.oneOf(MODELS[site]);
		const count = Math.min(mostJobs, this.between(1, 6));
		const images = this.chance(0.5) ? 1 : this.between(2, 6);
		const made = Array.from({ length: count }, () => this.job(images, isLimited));
		const jobs = made.map(({ job }) => job);
		const canStall = made.some(({ stalls }) => stalls);
		const retryOnTimeout = this.chance(0.3);
		const downloads = this.chance(0.85);
		return {
			jobs,
			retryOnTimeout,
			items: jobs.map((job) => ({
				json: { prompt: job.prompt },
				files: operation === 'edit' ? { data: this.oneOf(INPUTS) } : undefined,
			})),
			onError: this.oneOf([
				'continueRegularOutput',
				'continueRegularOutput',
				'continueErrorOutput',
				undefined,
			]),
			parameters: {
				operation,
				model: { __rl: true, mode: 'id', value: model },
				prompt: '={{ $json.prompt }}',
				numberOfImages: images,
				...(size === undefined ? {} : { imageSize: `={{ "${size}" }}` }),
				options: { ...(downloads ? {} : { download: false }) },
				executionOptions: {
					concurrency: this.between(1, 8),
					timeout: canStall ? 4 : 60,
					retryOnTimeout,
					...(isLimited && this.chance(0.4) ? { giveUpAfter: 0 } : {}),
				},
			},
		};
	}

	private job(images: number, isLimited: boolean) {
		const id = ++this.lastId;
		let reply = 'none';
		let download = 'none';
		if (isLimited && this.chance(0.15)) {
			reply = this.chance(0.03) ? 'dailyLimit' : this.oneOf(rejections.slice(0, 2));
		} else if (this.chance(0.2)) reply = this.oneOf(otherReplyFaults);
		if (this.chance(0.15)) download = this.oneOf(downloadFaults);
		// Mostly once, so that repeating helps; sometimes more often than anything is repeated.
		const times = () => (this.chance(0.8) ? 1 : 99);
		const replyTimes = replyFaultOf(reply)?.rejects ? 1 : times();
		const downloadTimes = times();
		const prompt = `#${id} ${reply} x${replyTimes} ${download} x${downloadTimes} a red fox`;
		const stalls = Boolean(replyFaultOf(reply)?.stalls) || STALLING.includes(download);
		const hasFault = reply !== 'none' || download !== 'none';
		const isDead = DEADLY.includes(download) && downloadTimes > 1;
		return { job: { id, prompt, images, hasFault, isDead }, stalls };
	}

	private chance(share: number): boolean {
		return this.random() < share;
	}

	private between(min: number, max: number): number {
		return min + Math.floor(this.random() * (max - min + 1));
	}

	private oneOf<T>(list: readonly T[]): T {
		return list[Math.floor(this.random() * list.length)];
	}
}
