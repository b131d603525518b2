/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
import { fork } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sleep } from 'n8n-workflow';
import { openNode, workflowOf } from './node';

/**
 * How long n8n is blocked when the answers to many executions come at the same moment: `tsx
 * bench/crowd.ts 600 429`, beside the same with 400.
 */

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

async function measure(executions: number, status: number) {
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
	return { blockMs: Math.round(delay.max / 1e6), cpuMs: Math.round((user + system) / 1000) };
}

const [first, second, third] = process.argv.slice(2);
if (first === 'serve') serve(Number(second), Number(third));
else {
	void measure(Number(first), Number(second)).then((result) => {
		console.log(`${first} executions, HTTP ${second}:`, JSON.stringify(result));
		process.exit(0);
	});
}
