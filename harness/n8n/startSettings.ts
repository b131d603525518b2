import { UserError } from '../userError';

/** What `npm start` reads from the environment. */
export interface StartSettings {
	/** 0 for any free port. */
	port: number;
	/** 0 for any free port. */
	simulatorPort: number;
	/** The API key for the real service; without it the simulator is used. */
	apiKey?: string;
	region: 'cn' | 'com';
}

export function readStartSettings(env: NodeJS.ProcessEnv): StartSettings {
	const region = env.SILICONFLOW_REGION?.trim() || 'cn';
	if (region !== 'cn' && region !== 'com') {
		throw new UserError(`SILICONFLOW_REGION must be cn or com, not ${JSON.stringify(region)}.`);
	}
	return {
		port: portIn(env, 'N8N_PORT', 5678),
		simulatorPort: portIn(env, 'SIMULATOR_PORT', 8790),
		apiKey: env.SILICONFLOW_API_KEY?.trim() || undefined,
		region,
	};
}

function portIn(env: NodeJS.ProcessEnv, variable: string, initial: number): number {
	const text = env[variable]?.trim() || String(initial);
	const port = Number(text);
	if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
	throw new UserError(
		`${variable} must be a port up to 65535, or 0 for any free port, not ${JSON.stringify(text)}.`,
	);
}
