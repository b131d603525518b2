/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessOptions {
	command: string;
	args: string[];
	/** Receives everything the process prints. */
	logFile: string;
	env?: NodeJS.ProcessEnv;
	cwd?: string;
	/** The signal for a clean shutdown; default SIGTERM. */
	signal?: NodeJS.Signals;
	uid?: number;
	gid?: number;
}

/** A process that runs until it is stopped or this process ends. */
export interface OwnProcess {
	pid: number;
	/** Resolves when the process has ended, for whatever reason. */
	readonly ended: Promise<void>;
	readonly running: boolean;
	log(): string;
	stop(): Promise<void>;
}

/** The leashes of the processes that run now. */
const leashes = new Map<ChildProcess, Promise<void>>();

/** Stops every process that `startProcess` has started, also one that is still starting. */
export async function stopProcesses(): Promise<void> {
	for (const [leash] of leashes) leash.stdin?.end();
	await Promise.all(leashes.values());
}

export async function startProcess(options: ProcessOptions): Promise<OwnProcess> {
	const { command, args, logFile, env, cwd, signal, uid, gid } = options;
	const log = openSync(logFile, 'a');
	const leash = spawn(
		process.execPath,
		[join(__dirname, 'leash.mjs'), JSON.stringify({ command, args, signal, uid, gid })],
		// Its own process group, so that Ctrl-C in the terminal reaches this process only.
		{ cwd, env: { ...process.env, ...env }, stdio: ['pipe', log, log, 'ipc'], detached: true },
	);
	closeSync(log);
	let running = true;
	const ended = new Promise<void>((resolve) => leash.once('exit', () => resolve()));
	leashes.set(leash, ended);
	void ended.then(() => {
		running = false;
		leashes.delete(leash);
	});
	const pid = await new Promise<number>((resolve, reject) => {
		leash.once('message', (message: { pid: number }) => resolve(message.pid));
		leash.once('error', reject);
		leash.once('exit', () => reject(new Error(`${command} did not start`)));
	});
	return {
		pid,
		ended,
		get running() {
			return running;
		},
		log: () => readFileSync(logFile, 'utf8'),
		async stop() {
			if (running) leash.stdin?.end();
			await ended;
		},
	};
}

/**
 * Waits until the condition holds.
 *
 * @throws Error with the end of the log if the process ends first or the time is up
 */
export async function waitUntil(
	condition: () => Promise<boolean>,
	what: string,
	{ seconds = 60, process: own }: { seconds?: number; process?: OwnProcess } = {},
): Promise<void> {
	const deadline = Date.now() + seconds * 1000;
	while (!(await condition().catch(() => false))) {
		const isLate = Date.now() > deadline;
		if (isLate || own?.running === false) {
			const last = own?.log().trim().split('\n').slice(-40).join('\n') ?? '';
			throw new Error(`${what}: not within ${seconds} s, or the process ended.\n${last}`);
		}
		await sleep(100);
	}
}
