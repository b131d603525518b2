import { createHash } from 'crypto';
import type { IExecuteFunctions } from 'n8n-workflow';
import { CREDENTIAL, keyAsSent, type Region } from '../contract/credential';
import { LABELS } from '../contract/labels';
import { Sanitizer, WITHOUT_KEY } from '../contract/sanitize';
import { isHttpUrl } from '../contract/unknownValue';
import { refuseRun } from './refusal';

/** What a run needs to know about the credential. The key itself stays with n8n. */
export interface Access {
	readonly region: Region;
	/** Address that the API paths are added to, such as https://api.siliconflow.cn/v1. */
	readonly baseUrl: string;
	/** A hash of the key, which tells accounts apart. */
	readonly keyHash: string;
	/** What every text for people passes. It knows the key. */
	readonly sanitizer: Sanitizer;
}

/**
 * Reads the credential, once in a run.
 *
 * @throws NodeOperationError when the base URL is not an http(s) address, or the key cannot be one
 */
export async function readAccess(context: IExecuteFunctions): Promise<Access> {
	const credential = await context.getCredentials(CREDENTIAL);
	const baseUrl = String(credential.url ?? '');
	if (!isHttpAddress(baseUrl)) {
		refuseRun(
			{ context, sanitizer: WITHOUT_KEY },
			`'${LABELS.baseUrl}' in the credential is not an http(s) address`,
			`Open the SiliconFlow Image API credential and enter an address such as https://gateway.example.com/v1, without a user name or password, or choose another '${LABELS.region}'.`,
		);
	}
	const key = readKey(context, String(credential.apiKey ?? ''));
	return {
		region: credential.region as Region,
		baseUrl,
		keyHash: createHash('sha256').update(key).digest('hex'),
		sanitizer: new Sanitizer(key),
	};
}

/** A user name in an address would be sent in place of the key. */
function isHttpAddress(text: string): boolean {
	if (!isHttpUrl(text)) return false;
	try {
		const { username, password } = new URL(text);
		return username === '' && password === '';
	} catch {
		return false;
	}
}

/** @throws NodeOperationError for a key that cannot be sent as it looks */
function readKey(context: IExecuteFunctions, typed: string): string {
	const [foreign] = /[^ -~\p{C}\p{Z}]/u.exec(typed) ?? [];
	const key = keyAsSent(typed);
	if (foreign === undefined && key !== '') return key;
	const code = foreign?.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
	return refuseRun(
		{ context, sanitizer: WITHOUT_KEY },
		foreign === undefined
			? `'${LABELS.apiKey}' in the credential is empty`
			: `'${LABELS.apiKey}' in the credential contains a character that no key has (U+${code})`,
		`Open the SiliconFlow Image API credential and enter the key again, as the API Keys page of the site shows it. It consists of letters, digits and hyphens.`,
	);
}
