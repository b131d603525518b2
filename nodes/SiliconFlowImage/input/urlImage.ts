import type { Capabilities } from '../contract/catalog';
import { InlineImage } from '../contract/inlineImage';
import { LABELS } from '../contract/labels';
import { downloadImage } from '../transport/download';
import { reasonOfDownload } from '../transport/failure';
import type { InputImage } from './inputImage';
import type { InputItem } from './inputItem';

const TIMEOUT_MS = 60_000;

/** An input image from an http(s) URL. Where the model takes no URLs, n8n downloads the image. */
export function urlImage(item: InputItem, model: Capabilities, url: string): InputImage {
	return {
		check: async () => {
			if (!/^https?:\/\/[^/]/i.test(url)) {
				item.refuse(
					url === '' ? `'${LABELS.url}' is empty` : `'${LABELS.url}' is not an http(s) address`,
					'Enter the full address of the image, such as https://example.com/image.png.',
				);
			}
		},
		load: async () => (model.images?.acceptsUrl ? url : await downloadInput(item, url)),
	};
}

/**
 * Downloads an input image through n8n's HTTP layer, so that n8n's proxy and its protection against
 * internal addresses apply.
 *
 * @throws NodeOperationError with `itemIndex` when the URL gives no image
 */
async function downloadInput(item: InputItem, url: string): Promise<InlineImage> {
	const options = { timeoutMs: TIMEOUT_MS, allowHttp: true };
	const outcome = await downloadImage(item.context, url, options);
	if (outcome.kind === 'image') return new InlineImage(outcome.type.mimeType, outcome.bytes);
	return item.refuse(
		`'${LABELS.url}': no image was downloaded because ${reasonOfDownload(outcome, TIMEOUT_MS)}`,
		'This model takes no URLs, so n8n downloads the image itself. Check that n8n can reach the address, or download the image in an HTTP Request step and use its binary data. Nothing was sent for this item.',
	);
}
