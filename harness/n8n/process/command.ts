/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface CommandOptions {
	cwd?: string;
	/** Laid over the environment of this process. */
	env?: NodeJS.ProcessEnv;
	uid?: number;
	gid?: number;
}

export interface Ended {
	/** Exit status; -1 when the command could not be started or was ended by a signal. */
	status: number;
	stdout: string;
	stderr: string;
}

/**
 * Runs a command to its end and collects what it prints. Never rejects: the status tells. The
 * command is on a leash, so that it does not go on writing files when this process is gone.
 */
export async function run(
	command: string,
	args: string[],
	{ cwd, env, uid, gid }: CommandOptions = {},
): Promise<Ended> {
	return await new Promise((resolve) => {
		const leash = [join(__dirname, 'leash.mjs'), JSON.stringify({ command, args, uid, gid })];
		const child = spawn(process.execPath, leash, {
			cwd,
			env: { ...process.env, ...env },
			stdio: ['pipe', 'pipe', 'pipe'],
		});
		const printed = { stdout: '', stderr: '' };
		child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
		child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
		child.once('error', ({ message }) => resolve({ status: -1, ...printed, stderr: message }));
		child.once('close', (status) => resolve({ status: status ?? -1, ...printed }));
	});
}

/** As `run`, for a command that must succeed. Throws with the end of what it printed. */
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
