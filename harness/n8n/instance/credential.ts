/** The credential as n8n imports it. */
export interface ImportedCredential {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

/** A credential for the simulator, or for any custom base URL. */
export function simulatorCredential(
	{ baseUrl, apiKey }: { baseUrl: string; apiKey: string },
	id = 'siliconFlowTry01',
): ImportedCredential {
	const data = { region: 'custom', apiKey, baseUrl };
	return { id, name: 'SiliconFlow (simulator)', type: 'siliconFlowImageApi', data };
}

/** A credential for the real service. */
export function realCredential(
	region: 'cn' | 'com',
	apiKey: string,
	id = 'siliconFlowTry01',
): ImportedCredential {
	const data = { region, apiKey };
	return { id, name: 'SiliconFlow', type: 'siliconFlowImageApi', data };
}

/** What n8n requires to be filled in. */
const ANY_KEY = 'unused';

/** A credential of n8n's OpenAI nodes for the simulated chat model, which accepts any key. */
export function chatModelCredential(
	{ baseUrl }: { baseUrl: string },
	id = 'chatModelTry0001',
): ImportedCredential {
	const data = { apiKey: ANY_KEY, url: baseUrl };
	return { id, name: 'Chat model (simulator)', type: 'openAiApi', data };
}
