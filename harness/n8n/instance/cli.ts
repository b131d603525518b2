/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../install/hosts';
import { freePorts } from '../process/ports';
import { run, type Ended } from '../process/processes';
import type { ImportedCredential } from './credential';

/** n8n's command line for one user folder. */
export interface N8nCli {
	run(...args: string[]): Promise<Ended>;
	importCredentials(credentials: ImportedCredential[]): Promise<void>;
	importWorkflows(workflows: object[]): Promise<void>;
}

export function createCli(
	host: Host,
	userFolder: string,
	settings: NodeJS.ProcessEnv = {},
): N8nCli {
	const env = { ...host.env, N8N_USER_FOLDER: userFolder, ...settings };
	const cli = async (...args: string[]) => {
		// Executing starts n8n's task broker, whose default port another n8n may be using.
		const [brokerPort] = await freePorts(1);
		return await run(host.node, [host.script, ...args], {
			cwd: userFolder,
			env: { ...env, N8N_RUNNERS_BROKER_PORT: String(brokerPort) },
		});
	};

	/** Uses a file that only this user can read, because a credential may hold a real key. */
	const importJson = async (command: string, json: unknown) => {
		const folder = mkdtempSync(join(tmpdir(), 'n8n-import-'));
		const file = join(folder, 'import.json');
		try {
			writeFileSync(file, JSON.stringify(json), { mode: 0o600 });
			const { status, stdout, stderr } = await cli(command, `--input=${file}`);
			if (status !== 0) throw new Error(`n8n ${command}:\n${`${stdout}${stderr}`.slice(-3000)}`);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	};

	return {
		run: cli,
		importCredentials: async (credentials) => await importJson('import:credentials', credentials),
		importWorkflows: async (workflows) => await importJson('import:workflow', workflows),
	};
}
