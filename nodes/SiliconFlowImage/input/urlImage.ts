import type { Capabilities } from '../contract/catalog';
import { InlineImage, MAX_INPUT_MEGABYTES } from '../contract/inlineImage';
import { LABELS } from '../contract/labels';
import { OPERATIONS, type Operation } from '../contract/operations';
import { isHttpUrl } from '../contract/unknownValue';
import { downloadImage, downloadWithRetries } from '../transport/download';
import { reasonOfDownload } from '../transport/failure';
import { adviceForExpressionText, isExpressionText } from './expressionText';
import { refuseInputSize, type InputImage } from './inputImage';
import type { InputItem } from './inputItem';

const TIMEOUT_MS = 60_000;

/** An input image from an http(s) URL. Where the model takes no URLs, n8n downloads the image. */
export function urlImage(
	item: InputItem,
	model: Capabilities,
	operation: Operation,
	url: string,
): InputImage {
	return {
		item,
		title: `the image at ${item.show(url)}`,
		check: async () => {
			if (!isHttpUrl(url) || isExpressionText(url)) {
				const advice =
					'Enter the full address of the image, such as https://example.com/image.png.';
				item.refuse(
					url === '' ? emptyUrl(item, operation) : `'${LABELS.url}' is not an http(s) address`,
					adviceForExpressionText(LABELS.url, url) ?? advice,
				);
			}
			return undefined;
		},
		identity: async () => ({ key: url, isCertain: false }),
		load: async (shouldStop) =>
			model.images?.acceptsUrl ? url : await downloadInput(item, url, shouldStop),
	};
}

/** n8n tells the language model of an agent the message alone, so a tool says there how to get on. */
function emptyUrl({ isTool }: InputItem, operation: Operation): string {
	const empty = `'${LABELS.url}' is empty`;
	return isTool
		? `${empty}: give the full address of the image to ${OPERATIONS[operation].verb}`
		: empty;
}

/**
 * Downloads an input image through n8n's HTTP layer, so that n8n's proxy and its protection against
 * internal addresses apply, and repeats it where that may help.
 *
 * @throws NodeOperationError with `itemIndex` when the URL gives no image
 */
async function downloadInput(
	item: InputItem,
	url: string,
	shouldStop: () => boolean,
): Promise<InlineImage> {
	const maxMegabytes = MAX_INPUT_MEGABYTES;
	const options = { timeoutMs: TIMEOUT_MS, allowHttp: true, maxMegabytes };
	const outcome = await downloadWithRetries(
		async () => await downloadImage(item.context, url, options),
		{ expiresAt: Infinity, isFresh: false },
		shouldStop,
	);
	if (outcome.kind === 'image') return new InlineImage(outcome.type.mimeType, outcome.bytes);
	if (outcome.kind === 'tooLarge') {
		refuseInputSize(item, `'${LABELS.url}': the image at ${item.show(url)}`, outcome.announced);
	}
	return item.refuse(
		`'${LABELS.url}': no image was downloaded because ${reasonOfDownload(outcome, TIMEOUT_MS)}`,
		'This model takes no URLs, so n8n downloads the image itself. Check that n8n can reach the address, or download the image in an HTTP Request step and use its binary data. The request was not sent.',
	);
}
