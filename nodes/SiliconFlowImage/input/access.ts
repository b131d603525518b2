import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { Region } from '../contract/catalog';
import { CREDENTIAL } from '../transport/request';

/** What a run needs to know of the credential. The key itself stays with n8n. */
export interface Access {
	readonly region: Region;
	/** Address the API paths are added to, such as https://api.siliconflow.cn/v1. */
	readonly baseUrl: string;
	/** Takes the API key out of a text, should a service or gateway repeat it. */
	readonly redact: (text: string) => string;
}

/**
 * Reads the credential once a run.
 *
 * @throws NodeOperationError when the base URL of a custom region is no http(s) address
 */
export async function readAccess(context: IExecuteFunctions): Promise<Access> {
	const credential = await context.getCredentials(CREDENTIAL);
	const baseUrl = String(credential.url ?? '');
	if (!/^https?:\/\/[^/]/i.test(baseUrl)) {
		throw new NodeOperationError(
			context.getNode(),
			"'Base URL' in the credential is not an http(s) address",
			{
				description:
					'Open the SiliconFlow Image API credential and enter an address like https://gateway.example.com/v1, or choose another Region.',
			},
		);
	}
	const key = String(credential.apiKey ?? '').trim();
	return {
		region: credential.region as Region,
		baseUrl,
		redact: (text) => (key.length > 3 ? text.split(key).join('***') : text),
	};
}
