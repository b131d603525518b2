/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fork } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sleep } from 'n8n-workflow';
import { openNode, workflowOf } from './node';
import { inOwnProcess } from './ownProcess';
import { median, type Measured } from './time';

/**
 * How long n8n is blocked when the answers to many executions come at the same moment. With 429 they
 * go on waiting, and are cancelled; with 400 they end, which is mostly n8n's own work.
 */

interface Blocked {
	/** The longest time in which n8n could do nothing else, in milliseconds. */
	readonly blockMs: number;
	/** Computing time in the four seconds after the answers, in milliseconds. */
	readonly cpuMs: number;
}

/** Answers when all requests have come, and tells when it does. */
function serve(executions: number, status: number) {
	const waiting: ServerResponse[] = [];
	let isOpen = false;
	const server = createServer((request, response) => {
		request.resume().on('end', () => {
			waiting.push(response);
			if (waiting.length === executions) isOpen = true;
			if (!isOpen) return;
			process.send?.('answered');
			for (const one of waiting.splice(0)) {
				one.writeHead(status, { 'content-type': 'application/json' });
				one.end('{"code":50604,"message":"IPM limit reached."}');
			}
		});
	});
	server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
	process.on('disconnect', () => process.exit(0));
}

/** Measures in this process, which must be a new one. */
async function blockOf(executions: number, status: number): Promise<Blocked> {
	const execArgv = ['--import', 'tsx'];
	const child = fork(__filename, ['serve', String(executions), String(status)], { execArgv });
	const port = await new Promise<number>((resolve) => child.once('message', resolve));
	const answered = new Promise((resolve) => child.once('message', resolve));
	const engine = await openNode({ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'sk-crowd' });
	const cancels: Array<() => void> = [];
	const runs = Array.from({ length: executions }, async () => {
		const onStart = (cancel: () => void) => void cancels.push(cancel);
		return await engine.run(workflowOf({}), { items: [{ json: {} }], onStart });
	});
	const delay = monitorEventLoopDelay({ resolution: 5 });
	await answered;
	delay.enable();
	const before = process.cpuUsage();
	await sleep(4_000);
	const { user, system } = process.cpuUsage(before);
	delay.disable();
	for (const cancel of cancels) cancel();
	await Promise.all(runs);
	child.kill();
	return { blockMs: delay.max / 1e6, cpuMs: (user + system) / 1000 };
}

const ROUNDS = 3;

/** Medians, each of so many new processes. */
async function medianOf(executions: number, status: number): Promise<Blocked> {
	const all: Blocked[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const args = ['measure', String(executions), String(status)];
		all.push(await inOwnProcess<Blocked>(__filename, args));
	}
	const [blockMs, cpuMs] = (['blockMs', 'cpuMs'] as const).map((key) =>
		median(all.map((one) => one[key])),
	);
	return { blockMs, cpuMs };
}

/** The longest block and the computing time, and how they grow with the crowd. */
export async function measureCrowd(): Promise<Measured[]> {
	const rejected = await medianOf(600, 429);
	const refused = await medianOf(600, 400);
	const half = await medianOf(300, 429);
	const blocks = rejected.blockMs / refused.blockMs;
	const growth = rejected.cpuMs / half.cpuMs;
	return [
		{
			name: '600 executions whose 429s come together, longest block',
			node: `${rejected.blockMs.toFixed(0)} ms`,
			floor: `${refused.blockMs.toFixed(0)} ms (with 400)`,
			result: `${blocks.toFixed(2)} x that with 400`,
			target: '<= 1.5 x that with 400',
			met: blocks <= 1.5,
		},
		{
			name: '600 executions whose 429s come together, computing time',
			node: `${rejected.cpuMs.toFixed(0)} ms`,
			floor: `${half.cpuMs.toFixed(0)} ms (with 300)`,
			result: `${growth.toFixed(2)} x that of 300`,
			target: '<= 2.5 x that of 300',
			met: growth <= 2.5,
		},
	];
}

if (require.main === module) {
	const [what, executions, status] = process.argv.slice(2);
	if (what === 'serve') serve(Number(executions), Number(status));
	else {
		void blockOf(Number(executions), Number(status)).then((result) =>
			process.send?.(result, () => process.exit(0)),
		);
	}
}
