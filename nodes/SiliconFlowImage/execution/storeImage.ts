import type { IBinaryData } from 'n8n-workflow';
import { downloadImage, type DownloadedImage } from '../transport/download';
import { failureOfDownload, type Failure } from '../transport/failure';
import { downloadPatiently } from '../transport/sendWithRetries';
import type { Order } from '../input/readJob';
import type { PaidImage, Run } from './run';

/** A picture that the service made, with what it said about it. */
export interface MadeImage extends PaidImage {
	readonly seed?: number;
	readonly inferenceSeconds?: number;
	readonly traceId?: string;
}

/** What became of one wanted picture. A picture that was made but not fetched has both. */
export interface Result {
	readonly image?: MadeImage;
	/** The stored picture, when it was to be downloaded. */
	readonly binary?: IBinaryData;
	readonly failure?: Failure;
}

/**
 * Downloads a picture and hands it to n8n's binary storage at once, so that the bytes are not kept.
 *
 * @param index position of the picture among those of its item, from 0
 */
export async function fetchPicture(
	run: Run,
	order: Order,
	image: MadeImage,
	index: number,
): Promise<Result> {
	const { context, access, options } = run;
	const { timeoutMs } = options;
	const allowHttp = access.baseUrl.toLowerCase().startsWith('http:');
	const outcome = await downloadPatiently(
		async () => await downloadImage(context, image.url, { timeoutMs, allowHttp }),
		image.expiresAt,
		() => run.cancelled,
	);
	if (outcome.kind !== 'image') {
		return { image, failure: { ...failureOfDownload(outcome, timeoutMs), traceId: image.traceId } };
	}
	return { image, ...(await store(run, order, outcome, index)) };
}

async function store(
	{ context }: Run,
	order: Order,
	{ bytes, type }: DownloadedImage,
	index: number,
): Promise<Pick<Result, 'binary' | 'failure'>> {
	try {
		const name = fileName(order, index, type.extension);
		return { binary: await context.helpers.prepareBinaryData(bytes, name, type.mimeType) };
	} catch (thrown) {
		const reason = thrown instanceof Error ? thrown.message : 'unknown reason';
		return {
			failure: {
				message: `The image was made but n8n's binary storage did not take it: ${reason}`,
				description:
					'The picture has been made and paid for. Fetch it from its URL while the link lives, and check the binary storage of n8n.',
			},
		};
	}
}

/** The name asked for with the true extension, numbered from 1 when the item makes several. */
function fileName({ output, numberOfImages }: Order, index: number, extension: string): string {
	const asked = output.fileName === '' ? 'image' : output.fileName;
	const stem = asked.replace(/[\\/]+/g, '-').replace(/\.(png|jpe?g|webp|gif|bmp|avif)$/i, '');
	return `${stem}${numberOfImages > 1 ? `-${index + 1}` : ''}.${extension}`;
}
