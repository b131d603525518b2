/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CommandOptions {
	cwd?: string;
	/** Added to the environment of this process. */
	env?: NodeJS.ProcessEnv;
	/** What ends the command if this process ends first; default SIGTERM. */
	signal?: NodeJS.Signals;
	uid?: number;
	gid?: number;
}

export interface Ended {
	/** Exit status; -1 if the command could not be started or was killed by a signal. */
	status: number;
	stdout: string;
	stderr: string;
}

/** The commands that run now. */
const running = new Map<ChildProcess, Promise<void>>();
let isOver = false;

/** Ends every command that `run` has started, and waits for it. From then on all commands fail. */
export async function endCommands(): Promise<void> {
	isOver = true;
	for (const [child] of running) child.stdin?.end();
	await Promise.all(running.values());
}

/**
 * Runs a command and collects its output. Never rejects; check the status. The command runs under
 * leash.mjs, so that it does not outlive this process.
 */
export async function run(
	command: string,
	args: string[],
	{ cwd, env, signal, uid, gid }: CommandOptions = {},
): Promise<Ended> {
	if (isOver) return { status: -1, stdout: '', stderr: 'stopped' };
	return await new Promise((resolve) => {
		const leash = [
			join(__dirname, 'leash.mjs'),
			JSON.stringify({ command, args, signal, uid, gid }),
		];
		const child = spawn(process.execPath, leash, {
			cwd,
			env: { ...process.env, ...env },
			stdio: ['pipe', 'pipe', 'pipe'],
		});
		const ended = new Promise<void>((over) => {
			child.once('error', () => over());
			child.once('close', () => over());
		});
		running.set(child, ended);
		void ended.then(() => running.delete(child));
		const printed = { stdout: '', stderr: '' };
		child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
		child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
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
