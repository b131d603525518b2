import type { IExecuteFunctions } from 'n8n-workflow';
import { InlineImage } from '../contract/inlineImage';
import { downloadImage } from '../transport/download';
import { reasonOfDownload } from '../transport/failure';
import { refuseItem } from './nodeError';

const TIMEOUT_MS = 60_000;

/**
 * Fetches an input image that was given by URL, for a site that takes images as data only. Through
 * n8n's HTTP layer, so that its proxy and its protection against internal addresses apply.
 *
 * @throws NodeOperationError with `itemIndex` when there is no image to be had; nothing was sent then
 */
export async function fetchInputImage(
	context: IExecuteFunctions,
	itemIndex: number,
	url: string,
): Promise<InlineImage> {
	const outcome = await downloadImage(context, url, { timeoutMs: TIMEOUT_MS, allowHttp: true });
	if (outcome.kind === 'image') return new InlineImage(outcome.type.mimeType, outcome.bytes);
	return refuseItem(
		context,
		itemIndex,
		`'URL' gave no image: ${reasonOfDownload(outcome, TIMEOUT_MS)}`,
		'This model takes no URLs, so n8n fetches the picture itself. Check that n8n can reach the address, or fetch the picture with an HTTP Request step and use it as binary data. Nothing was sent for this item.',
	);
}
