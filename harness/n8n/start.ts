/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../simulator';
import { createCli } from './instance/cli';
import { realCredential, simulatorCredential } from './instance/credential';
import { newExamples } from './instance/examples';
import { CURRENT, prepareHost } from './install/hosts';
import { dataRoot } from '../locations';
import { ownerOf } from './instance/owner';
import { isFree } from './process/ports';
import { startServer, type Server } from './instance/server';
import { readStartSettings, type StartSettings } from './startSettings';
import { packTarball } from './install/tarball';
import { UserError } from '../userError';
import { installTarball } from './install/userFolder';

/** `npm start`: n8n with this package, a credential and the example workflows. */

const say = (line: string) => console.log(line);

/** What to stop at the end, the latest first. */
const running: Array<() => Promise<void>> = [];
let ending: Promise<void> | undefined;

async function end(): Promise<void> {
	ending ??= (async () => {
		for (const stop of running.reverse()) await stop();
	})();
	await ending;
}

async function main(): Promise<void> {
	const settings = readStartSettings(process.env);
	if (!(await isFree(settings.port))) {
		throw new UserError(
			`Port ${settings.port} is in use, perhaps by another n8n. Stop that program, or choose another port: N8N_PORT=5680 npm start`,
		);
	}
	const host = await prepareHost(CURRENT, say);
	const userFolder = join(dataRoot(), 'n8n');
	mkdirSync(userFolder, { recursive: true });
	await installPackage(userFolder);

	const simulator = settings.apiKey === undefined ? await simulatorFor(settings) : undefined;
	const credential = simulator
		? simulatorCredential(simulator)
		: realCredential(settings.region, settings.apiKey ?? '');
	const cli = createCli(host, userFolder);
	say('Importing the credential and the example workflows...');
	await cli.importCredentials([credential]);
	const examples = newExamples(userFolder, credential);
	if (examples.workflows.length > 0) await cli.importWorkflows(examples.workflows);
	examples.remember();

	const owner = ownerOf(userFolder);
	say('Starting n8n...');
	const server = await startServer({ host, userFolder, owner, port: settings.port });
	running.push(async () => await server.stop());
	if (ending) return await server.stop();
	say(welcome(server, owner, simulator));
	await server.process.ended;
	if (!ending)
		throw new UserError(`n8n stopped unexpectedly. See its log: ${join(userFolder, 'n8n.log')}`);
}

async function installPackage(userFolder: string): Promise<void> {
	const temporary = mkdtempSync(join(tmpdir(), 'siliconflow-start-'));
	try {
		const tarball = await packTarball(temporary);
		const done = await installTarball(userFolder, 'n8n-nodes-siliconflow-image', tarball);
		say(done === 'installed' ? 'Installed the package into n8n.' : 'The package is unchanged.');
	} finally {
		rmSync(temporary, { recursive: true, force: true });
	}
}

/** As slow as the real service, on the default port if that is free. */
async function simulatorFor({ simulatorPort }: StartSettings): Promise<Simulator> {
	const port = (await isFree(simulatorPort)) ? simulatorPort : 0;
	const simulator = await startSimulator({ port, latencyMs: 1500, logBodies: false });
	running.push(async () => await simulator.close());
	return simulator;
}

function welcome(
	{ url }: Server,
	{ email, password }: { email: string; password: string },
	simulator: Simulator | undefined,
): string {
	return `
n8n is ready:  ${url}

  Email     ${email}
  Password  ${password}

Open an example workflow and press "Execute workflow". The node is in the nodes panel under "siliconflow".
${
	simulator
		? `Images come from a simulator at ${simulator.baseUrl}; nothing is billed. To use the real service:\n  SILICONFLOW_API_KEY=... SILICONFLOW_REGION=cn npm start`
		: 'Images come from SiliconFlow and are billed to your account.'
}

Press Ctrl-C to stop. Your workflows are kept in ${join(dataRoot(), 'n8n')}
`;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => {
		if (ending) return;
		say('\nStopping n8n...');
		void end().then(() => process.exit(0));
	});
}

main()
	.catch((error: Error) => {
		process.exitCode = 1;
		console.error(error instanceof UserError ? error.message : error);
	})
	.finally(() => void end());
