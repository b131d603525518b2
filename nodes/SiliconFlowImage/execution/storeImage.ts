import type { Job } from '../input/readJob';
import { downloadImage, type DownloadedImage } from '../transport/download';
import { failureOfDownload } from '../transport/failure';
import { downloadWithRetries } from '../transport/downloadWithRetries';
import type { GeneratedImage, ImageResult } from './imageResult';
import type { Run } from './run';

/**
 * What becomes of the images of a reply: downloaded and stored, or their links alone.
 *
 * @param positions of the images among those of the item, from 0
 */
export async function storeImages(
	run: Run,
	job: Job,
	images: readonly GeneratedImage[],
	positions: readonly number[],
): Promise<ImageResult[]> {
	if (!job.output.download) return images.map((image) => ({ image }));
	return await Promise.all(
		images.map(async (image, i) => await storeImage(run, job, image, positions[i])),
	);
}

/**
 * Downloads an image and hands it to n8n's binary storage at once, so that the bytes are not kept.
 * Why a download gives no image: `reasonOfDownload` in `transport/failure.ts` has the list.
 *
 * @param index position of the image among those of its item, from 0
 */
async function storeImage(
	run: Run,
	job: Job,
	image: GeneratedImage,
	index: number,
): Promise<ImageResult> {
	const { context, access, options } = run;
	const { timeoutMs } = options;
	const allowHttp = access.baseUrl.toLowerCase().startsWith('http:');
	const outcome = await downloadWithRetries(
		async () => await downloadImage(context, image.url, { timeoutMs, allowHttp }),
		image.expiresAt,
		() => run.cancelled,
	);
	if (outcome.kind !== 'image') {
		return { image, failure: { ...failureOfDownload(outcome, timeoutMs), traceId: image.traceId } };
	}
	return { image, ...(await store(run, job, outcome, index)) };
}

async function store(
	{ context }: Run,
	job: Job,
	{ bytes, type }: DownloadedImage,
	index: number,
): Promise<Pick<ImageResult, 'binary' | 'failure'>> {
	try {
		const name = fileName(job, index, type.extension);
		return { binary: await context.helpers.prepareBinaryData(bytes, name, type.mimeType) };
	} catch (thrown) {
		const reason = thrown instanceof Error ? thrown.message : 'unknown reason';
		return {
			failure: {
				message: `The image was made, but n8n's binary storage did not accept it: ${reason}`,
				description:
					"The image has been made and paid for. Download it from its URL before the link expires, and check n8n's binary storage.",
			},
		};
	}
}

/** The name that was set with the true extension, numbered from 1 when the item makes several. */
function fileName({ output, numberOfImages }: Job, index: number, extension: string): string {
	const asked = output.fileName === '' ? 'image' : output.fileName;
	const stem = asked.replace(/[\\/]+/g, '-').replace(/\.(png|jpe?g|webp|gif|bmp|avif)$/i, '');
	return `${stem}${numberOfImages > 1 ? `-${index + 1}` : ''}.${extension}`;
}
