import { imageDimensionsOf } from '../contract/imageHeader';
import { LABELS } from '../contract/labels';
import { decodeBase64 } from '../contract/longTexts';
import { parseSize, type Size } from '../contract/size';
import type { Job } from '../input/readJob';
import {
	asImage,
	downloadImage,
	downloadWithRetries,
	isDeadLink,
	type DownloadedImage,
} from '../transport/download';
import { failureOfDownload, failureOfSentImage, failureOfStorage } from '../transport/failure';
import { systemClock } from '../transport/wait';
import { fileName } from './fileNames';
import type { GeneratedImage, ImageLink, ImageResult, ReceivedImage } from './imageResult';
import type { Run } from './runState';

/** Largest image that is downloaded; those of the service have a few megabytes. */
const MAX_MEGABYTES = 50;

/**
 * What becomes of the images of a reply: downloaded and stored, or their links alone. An image that
 * stands in the reply itself has no link, so it is stored even if nothing is to be downloaded: as JSON
 * its megabytes would slow down every later step, and otherwise it would be lost.
 *
 * @param positions of the images among those of the item, from 0
 */
export async function storeImages(
	run: Run,
	job: Job,
	images: readonly ReceivedImage[],
	positions: readonly number[],
): Promise<ImageResult[]> {
	return await Promise.all(
		images.map(async ({ image, base64, isTaken }, i): Promise<ImageResult> => {
			const { link } = image;
			if (link === undefined) {
				return await run.imageSlots.use(
					async () => await storeSent(run, job, { image, base64 }, positions[i]),
				);
			}
			return job.output.download
				? await storeLinked(run, job, { image, link, isFresh: !isTaken }, positions[i])
				: { image };
		}),
	);
}

/**
 * Downloads an image and hands it to n8n's binary storage at once, so that the bytes are not kept. Both
 * take place in one slot, which others may have while an attempt is waited for.
 *
 * Why a download gives no image: `reasonOfDownload` in `transport/failure.ts` has the list.
 *
 * @param index position of the image among those of its item, from 0
 */
async function storeLinked(
	run: Run,
	job: Job,
	{
		image,
		link,
		isFresh,
	}: { readonly image: GeneratedImage; readonly link: ImageLink; readonly isFresh: boolean },
	index: number,
): Promise<ImageResult> {
	const { context, access, options } = run;
	const { timeoutMs } = options;
	const allowHttp = access.baseUrl.toLowerCase().startsWith('http:');
	const downloadOptions = { timeoutMs, allowHttp, maxMegabytes: MAX_MEGABYTES };
	const attempt = async () => {
		const outcome = await downloadImage(context, link.url, downloadOptions);
		if (outcome.kind !== 'image') return outcome;
		const result = await store(run, job, { image, index }, outcome);
		return { kind: 'stored', result } as const;
	};
	const outcome = await downloadWithRetries(
		async () => await run.imageSlots.use(attempt),
		{ expiresAt: link.expiresAt, isFresh },
		() => run.cancelled,
	);
	if (outcome.kind === 'stored') return outcome.result;
	const failure = { ...failureOfDownload(outcome, timeoutMs), traceId: image.traceId };
	return { image, failure, isLinkDead: isDeadLink(outcome) };
}

/** Stores an image that stood in the reply, if it is one. */
async function storeSent(
	run: Run,
	job: Job,
	{ image, base64 = '' }: ReceivedImage,
	index: number,
): Promise<ImageResult> {
	const bytes = await decodeBase64(base64, async () => await systemClock.sleep(0));
	const outcome = asImage(bytes);
	if (outcome.kind !== 'image') {
		return { image, failure: { ...failureOfSentImage(outcome), traceId: image.traceId } };
	}
	if (!job.output.download) {
		run.hintOnce(
			`'${LABELS.downloadImages}' is off, but the service sent the image itself instead of a link, so it was output as binary data`,
		);
	}
	return await store(run, job, { image, index }, outcome);
}

async function store(
	run: Run,
	job: Job,
	{ image, index }: { readonly image: GeneratedImage; readonly index: number },
	{ bytes, type }: DownloadedImage,
): Promise<ImageResult> {
	const dimensions = imageDimensionsOf(bytes);
	const hint = otherSizeHint(job, dimensions);
	if (hint !== undefined) run.hintOnce(hint);
	try {
		const { context, fileNumbers } = run;
		const number = fileNumbers.get(job)?.[index];
		const name = fileName(job.output.fileName, number, type.extension);
		const binary = await context.helpers.prepareBinaryData(bytes, name, type.mimeType);
		return { image, binary, dimensions };
	} catch (thrown) {
		return {
			image,
			dimensions,
			failure: failureOfStorage(thrown, image.link !== undefined),
		};
	}
}

/**
 * What to say where an image has another size than the person chose. It is paid for, so it comes out all
 * the same. A size that the model or the input image decides is none that a person expects.
 *
 * @param dimensions of the image in pixels; undefined where its header could not be read
 */
function otherSizeHint({ values }: Job, dimensions: Size | undefined): string | undefined {
	const chosen = typeof values.size === 'string' ? parseSize(values.size) : undefined;
	if (!chosen || !dimensions) return undefined;
	const { width, height } = dimensions;
	if (width === chosen.width && height === chosen.height) return undefined;
	return `'${LABELS.imageSize}' was ${chosen.width}x${chosen.height}, but SiliconFlow made an image of ${width}x${height}`;
}
