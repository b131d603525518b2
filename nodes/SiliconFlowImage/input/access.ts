import { createHash } from 'crypto';
import type { IExecuteFunctions } from 'n8n-workflow';
import type { Region } from '../contract/catalog';
import { LABELS } from '../contract/labels';
import { CREDENTIAL } from '../transport/request';
import { refuseRun } from './refusal';

/** What a run needs to know about the credential. The key itself stays with n8n. */
export interface Access {
	readonly region: Region;
	/** Address that the API paths are added to, such as https://api.siliconflow.cn/v1. */
	readonly baseUrl: string;
	/** A hash of the key, which tells accounts apart. */
	readonly account: string;
	/** Takes the API key out of a text, in case a service or gateway repeats it. */
	readonly redact: (text: string) => string;
}

/**
 * Reads the credential, once in a run.
 *
 * @throws NodeOperationError when the base URL of a custom region is not an http(s) address
 */
export async function readAccess(context: IExecuteFunctions): Promise<Access> {
	const credential = await context.getCredentials(CREDENTIAL);
	const baseUrl = String(credential.url ?? '');
	if (!/^https?:\/\/[^/]/i.test(baseUrl)) {
		refuseRun(
			context,
			`'${LABELS.baseUrl}' in the credential is not an http(s) address`,
			`Open the SiliconFlow Image API credential and enter an address such as https://gateway.example.com/v1, or choose another '${LABELS.region}'.`,
		);
	}
	const key = String(credential.apiKey ?? '').trim();
	return {
		region: credential.region as Region,
		baseUrl,
		account: createHash('sha256').update(key).digest('hex'),
		redact: (text) => (key.length > 3 ? text.split(key).join('***') : text),
	};
}
