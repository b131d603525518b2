/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

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
