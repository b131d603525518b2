/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
import { constants } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../simulator';
import { startChatModel, type ChatModel } from '../../simulator/chat/chatModel';
import { imageAssistant } from '../../simulator/chat/imageAssistant';
import { UserError } from '../userError';
import { CURRENT, prepareHost } from './install/hosts';
import { withTarball } from './install/tarball';
import { createCli } from './instance/cli';
import { chatModelCredential, realCredential, simulatorCredential } from './instance/credential';
import { startServer, type Server } from './instance/server';
import {
	installTarball,
	newExamples,
	openDataFolder,
	ownerOf,
	type Owner,
} from './instance/userFolder';
import { isFree } from './process/ports';
import { endProcesses } from './process/processes';

/** `npm start`: n8n with this package, credentials and the example workflows. */

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

const say = (line: string) => console.log(line);

let simulator: Simulator | undefined;
let chatModel: ChatModel | undefined;
let isReady = false;
let stopping = false;

/** Ends everything that was started. */
async function end(): Promise<void> {
	await endProcesses();
	const closing = [simulator?.close(), chatModel?.close()];
	simulator = undefined;
	chatModel = undefined;
	await Promise.all(closing);
}

/**
 * Runs n8n until it ends or a signal stops it.
 *
 * @param env the environment with the API key, which this process no longer has
 */
export async function start(env: NodeJS.ProcessEnv): Promise<void> {
	const started = main(env).catch((error: Error) => {
		if (stopping) return;
		process.exitCode = 1;
		console.error(error instanceof UserError ? error.message : error);
	});
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			if (stopping) return;
			stopping = true;
			say(isReady ? '\nStopping n8n...' : '\nStopping...');
			const status = isReady ? 0 : 128 + constants.signals[signal];
			// After the end of main, which still puts its locks and temporary folders away.
			void end()
				.then(async () => await started)
				.then(end)
				.then(() => process.exit(status));
		});
	}
	await started;
	if (!stopping) await end();
}

async function main(env: NodeJS.ProcessEnv): Promise<void> {
	const settings = readStartSettings(env);
	const userFolder = openDataFolder();
	await requireFree(settings.port);
	const host = await prepareHost(CURRENT, say);
	await installPackage(userFolder);

	if (settings.apiKey === undefined) simulator = await simulatorFor(settings);
	chatModel = await startChatModel(imageAssistant);
	const credentials = [
		simulator
			? simulatorCredential(simulator)
			: realCredential(settings.region, settings.apiKey ?? ''),
		chatModelCredential(chatModel),
	];
	const cli = createCli(host, userFolder);
	say('Importing the credentials and the example workflows...');
	await cli.importCredentials(credentials);
	const examples = newExamples(userFolder, credentials);
	if (examples.workflows.length > 0) await cli.importWorkflows(examples.workflows);
	examples.remember();
	if (stopping) return;

	const owner = ownerOf(userFolder);
	say('Starting n8n...');
	// Installing may have taken minutes.
	await requireFree(settings.port);
	const port = settings.port || undefined;
	const server = await startServer({ host, userFolder, owner, port });
	if (stopping) return;
	isReady = true;
	say(welcome(server, owner, userFolder));
	await server.process.ended;
	if (!stopping)
		throw new UserError(`n8n stopped unexpectedly. See its log: ${join(userFolder, 'n8n.log')}`);
}

async function requireFree(port: number): Promise<void> {
	if (port === 0 || (await isFree(port))) return;
	throw new UserError(
		`Port ${port} is in use, perhaps by another n8n. Stop that program, or let npm start choose a free port: N8N_PORT=0 npm start`,
	);
}

async function installPackage(userFolder: string): Promise<void> {
	const done = await withTarball(
		async (tarball) => await installTarball(userFolder, 'n8n-nodes-siliconflow-image', tarball),
	);
	say(done === 'installed' ? 'Installed the package into n8n.' : 'The package is unchanged.');
}

/** As slow as the real service, on the wanted port if that is free. */
async function simulatorFor({ simulatorPort }: StartSettings): Promise<Simulator> {
	const startAt = async (port: number) =>
		await startSimulator({ port, latencyMs: 1500, logBodies: false });
	return await startAt(simulatorPort).catch(async (error: NodeJS.ErrnoException) => {
		if (error.code !== 'EADDRINUSE') throw error;
		say(`Port ${simulatorPort} is in use, so the simulator uses another one.`);
		return await startAt(0);
	});
}

function welcome({ url }: Server, { email, password }: Owner, userFolder: string): string {
	return `
n8n is ready:  ${url}

  Email     ${email}
  Password  ${password}

Open an example workflow and follow its note. The node is in the nodes panel under "siliconflow".
${
	simulator
		? `Images come from a simulator at ${simulator.baseUrl}; nothing is billed. To use the real service:\n  SILICONFLOW_API_KEY=... SILICONFLOW_REGION=cn npm start`
		: 'Images come from SiliconFlow and are billed to your account.'
}
The chat model of the agent example is simulated: it goes by words such as "draw" and "make it".

Press Ctrl-C to stop. Your workflows are kept in ${userFolder}
`;
}
