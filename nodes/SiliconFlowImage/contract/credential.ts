import type { Site } from './models';

/** What the node knows of its credential (`credentials/SiliconFlowImageApi.credentials.ts`). */

/** Name of the credential type. Saved workflows hold it, so it never changes. */
export const CREDENTIAL = 'siliconFlowImageApi';

/** Region of the credential; a custom base URL may lead to the models of either site. */
export type Region = Site | 'custom';

/**
 * A key as the credential sends it (`authenticate` there does the same): without blanks around it,
 * without characters that nobody sees, and without the word Bearer.
 */
export function keyAsSent(typed: string): string {
	return typed
		.replace(/[^ -~]/g, '')
		.trim()
		.replace(/^Bearer +/i, '');
}
