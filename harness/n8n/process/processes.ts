/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CommandOptions {
	cwd?: string;
	/** Added to the environment of this process. */
	env?: NodeJS.ProcessEnv;
	/** What ends it if this process ends first, or stops it; default SIGTERM. */
	signal?: NodeJS.Signals;
	uid?: number;
	gid?: number;
}

interface Started extends CommandOptions {
	command: string;
	args: string[];
}

export interface Ended {
	/** Exit status; -1 if the command could not be started or was killed by a signal. */
	status: number;
	stdout: string;
	stderr: string;
}

/** The processes that run now, each under leash.mjs, and when they have ended. */
const leashes = new Map<ChildProcess, Promise<void>>();
let isOver = false;

/** Ends everything that was started here, and waits for it. From then on all commands fail. */
export async function endProcesses(): Promise<void> {
	isOver = true;
	for (const leash of leashes.keys()) leash.stdin?.end();
	await Promise.all(leashes.values());
}

/** Starts a process that does not outlive this one, and that ends when its standard input is closed. */
function startOnLeash(started: Started, options: SpawnOptions): ChildProcess {
	const { command, args, cwd, env, signal, uid, gid } = started;
	const order = JSON.stringify({ command, args, signal, uid, gid });
	const leash = spawn(process.execPath, [join(__dirname, 'leash.mjs'), order], {
		cwd,
		env: { ...process.env, ...env },
		...options,
	});
	const ended = new Promise<void>((resolve) => {
		leash.once('error', () => resolve());
		leash.once('close', () => resolve());
	});
	leashes.set(leash, ended);
	void ended.then(() => leashes.delete(leash));
	return leash;
}

/**
 * Runs a command and collects its output. Never rejects; check the status. The command does not
 * outlive this process.
 */
export async function run(
	command: string,
	args: string[],
	options: CommandOptions = {},
): Promise<Ended> {
	if (isOver) return { status: -1, stdout: '', stderr: 'stopped' };
	return await new Promise((resolve) => {
		const child = startOnLeash({ command, args, ...options }, { stdio: 'pipe' });
		const printed = { stdout: '', stderr: '' };
		for (const name of ['stdout', 'stderr'] as const) {
			child[name]?.setEncoding('utf8').on('data', (text: string) => (printed[name] += text));
		}
		child.once('error', ({ message }) => resolve({ status: -1, ...printed, stderr: message }));
		child.once('close', (status) => resolve({ status: status ?? -1, ...printed }));
	});
}

/** Like `run`, but throws when the command fails. The error quotes the end of its output. */
export async function runWell(
	command: string,
	args: string[],
	options: CommandOptions = {},
): Promise<string> {
	const { status, stdout, stderr } = await run(command, args, options);
	if (status === 0) return stdout;
	const last = `${stdout}\n${stderr}`.trim().split('\n').slice(-30).join('\n');
	throw new Error(`${command} ${args.join(' ')} ended with status ${status}:\n${last}`);
}

export interface ProcessOptions extends Started {
	/** Receives everything the process prints. */
	logFile: string;
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

export async function startProcess({ logFile, ...options }: ProcessOptions): Promise<OwnProcess> {
	const log = openSync(logFile, 'a');
	// Its own process group, so that Ctrl-C in the terminal reaches this process only.
	const leash = startOnLeash(options, { stdio: ['pipe', log, log, 'ipc'], detached: true });
	closeSync(log);
	let running = true;
	const ended = new Promise<void>((resolve) => leash.once('exit', () => resolve()));
	void ended.then(() => (running = false));
	const pid = await new Promise<number>((resolve, reject) => {
		leash.once('message', (message: { pid: number }) => resolve(message.pid));
		leash.once('error', reject);
		leash.once('exit', () => reject(new Error(`${options.command} did not start`)));
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
