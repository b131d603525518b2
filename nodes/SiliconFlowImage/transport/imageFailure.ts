import type { NotAnImage } from './download';
import { reasonOfDownload, type Failure } from './failure';
import type { NoAnswer } from './outcome';

/** Why an image that was made does not come out. */

/** An image that was made and paid for, but not downloaded. */
export function failureOfDownload(outcome: NotAnImage | NoAnswer, timeoutMs: number): Failure {
	return {
		message: `The image was made but not downloaded: ${reasonOfDownload(outcome, timeoutMs)}`,
		description:
			'The image has been made and paid for. Download it from its URL before the link expires, which is one hour after it was made.',
	};
}

/**
 * An image that stood in the reply itself, where what stands there is none. It has no link, so nothing
 * can be fetched.
 */
export function failureOfSentImage(outcome: NotAnImage): Failure {
	return {
		message: `SiliconFlow sent the image itself instead of a link, but ${reasonOfDownload(outcome, 0)}`,
		description:
			"The image has probably been made and paid for, but it cannot be fetched again. If the credential has a custom 'Base URL', tell whoever runs that gateway.",
	};
}

/**
 * An image that n8n did not store.
 *
 * @param hasLink whether it can still be fetched
 */
export function failureOfStorage(thrown: unknown, hasLink: boolean): Failure {
	const reason = thrown instanceof Error ? thrown.message : 'unknown reason';
	const rescue = hasLink ? 'Download it from its URL before the link expires, and check' : 'Check';
	return {
		message: `The image was made, but n8n's binary storage did not accept it: ${reason}`,
		description: `The image has been made and paid for. ${rescue} n8n's binary storage.`,
	};
}
