/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UserError } from '../../userError';
import type { Host } from '../install/hosts';
import { freePorts } from '../process/ports';
import { startProcess, waitUntil, type OwnProcess } from '../process/processes';
import { logIn } from './rest';
import type { Owner } from './userFolder';

export interface ServerOptions {
	host: Host;
	userFolder: string;
	owner: Owner;
	/** Default: any free port. */
	port?: number;
	/** Additional n8n settings. */
	settings?: NodeJS.ProcessEnv;
}

export interface Server {
	/** For example http://127.0.0.1:5678 */
	url: string;
	process: OwnProcess;
	stop(): Promise<void>;
}

/**
 * Starts n8n and waits until it accepts requests and lets the owner log in.
 *
 * @throws Error when it ends before that
 * @throws UserError when another program answers on the port
 */
export async function startServer(options: ServerOptions): Promise<Server> {
	const { host, userFolder, owner, settings } = options;
	const [freePort, brokerPort] = await freePorts(2);
	const port = options.port ?? freePort;
	const url = `http://127.0.0.1:${port}`;
	const own = await startProcess({
		command: host.node,
		args: [host.script, 'start'],
		cwd: userFolder,
		logFile: join(userFolder, 'n8n.log'),
		env: {
			...host.env,
			N8N_USER_FOLDER: userFolder,
			N8N_PORT: String(port),
			N8N_RUNNERS_BROKER_PORT: String(brokerPort),
			...ownerSettings(host, owner),
			...settings,
		},
	});
	await ready(`${url}/healthz/readiness`, 'n8n', own);
	await requireLogIn(url, owner, own);
	return { url, process: own, stop: async () => await own.stop() };
}

/** Starts a queue mode worker and waits until it accepts jobs. */
export async function startWorker(
	host: Host,
	userFolder: string,
	settings: NodeJS.ProcessEnv,
): Promise<OwnProcess> {
	const [healthPort, brokerPort] = await freePorts(2);
	const own = await startProcess({
		command: host.node,
		args: [host.script, 'worker', '--concurrency=5'],
		cwd: userFolder,
		logFile: join(userFolder, 'n8n.log'),
		env: {
			...host.env,
			N8N_USER_FOLDER: userFolder,
			N8N_RUNNERS_BROKER_PORT: String(brokerPort),
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(healthPort),
			...settings,
		},
	});
	await ready(`http://127.0.0.1:${healthPort}/healthz/readiness`, 'The n8n worker', own);
	return own;
}

async function ready(url: string, who: string, own: OwnProcess): Promise<void> {
	try {
		// Another program on this port may answer, so its own process must live.
		const answers = async () => own.running && (await fetch(url)).ok && own.running;
		await waitUntil(answers, `${who} is ready`, { seconds: 120, process: own });
	} catch (error) {
		await own.stop();
		throw error;
	}
}

/** Only the n8n that was started here knows this password. */
async function requireLogIn(url: string, owner: Owner, own: OwnProcess): Promise<void> {
	const problem = await logIn(url, owner).then(
		() => undefined,
		({ message }: Error) => message,
	);
	// An owner who has turned on two-factor authentication is known too.
	if (own.running && (problem === undefined || /\bMFA\b/i.test(problem))) return;
	await own.stop();
	throw new UserError(
		`Something answers at ${url}, but it is not the n8n that was started, or it refuses the password in owner.json: ${problem ?? 'n8n has ended'}. If another n8n uses this port, stop it or choose another port: N8N_PORT=0 npm start`,
	);
}

/** n8n reads the owner from the environment, with the password as a bcrypt hash. */
function ownerSettings({ folder }: Host, { email, password }: Owner): NodeJS.ProcessEnv {
	const { hashSync } = createRequire(join(folder, 'package.json'))('bcryptjs') as {
		hashSync(password: string, rounds: number): string;
	};
	return {
		N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
		N8N_INSTANCE_OWNER_EMAIL: email,
		N8N_INSTANCE_OWNER_FIRST_NAME: 'Ada',
		N8N_INSTANCE_OWNER_LAST_NAME: 'Owner',
		N8N_INSTANCE_OWNER_PASSWORD_HASH: hashSync(password, 8),
	};
}
