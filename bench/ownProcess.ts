/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports */
import { fork, type ChildProcess } from 'node:child_process';
import { startSimulator, type SimulatorOptions } from '../simulator';

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

/** The simulator in a separate process, so that its work does not count as the node's. */
export interface Service {
	readonly baseUrl: string;
	readonly apiKey: string;
	stop(): void;
}

export async function startService(options: SimulatorOptions): Promise<Service> {
	const child: ChildProcess = fork(__filename, [JSON.stringify(options)], {
		execArgv: ['--import', 'tsx'],
	});
	const address = await new Promise<{ baseUrl: string; apiKey: string }>((resolve, reject) => {
		child.once('message', (message) => resolve(message as { baseUrl: string; apiKey: string }));
		child.once('exit', () => reject(new Error('The simulator did not start')));
	});
	return { ...address, stop: () => void child.kill() };
}

if (require.main === module) {
	const options = JSON.parse(process.argv[2]) as SimulatorOptions;
	void startSimulator({ ...options, logBodies: false }).then(({ baseUrl, apiKey }) => {
		process.send?.({ baseUrl, apiKey });
	});
	process.on('disconnect', () => process.exit(0));
}
