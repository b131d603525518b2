/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-imports */
import { fork } from 'node:child_process';

/** Runs a bench file in a fresh process and returns the message it sends. */
export async function inOwnProcess<T>(
	file: string,
	args: string[],
	execArgv = ['--import', 'tsx'],
): Promise<T> {
	const child = fork(file, args, { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
	return await new Promise<T>((resolve, reject) => {
		child.once('message', (message) => resolve(message as T));
		child.once('exit', (code) => reject(new Error(`${file} exited with ${code} without a result`)));
	});
}
