/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openNode, runNode } from './node';
import { inOwnProcess } from './ownProcess';
import { median, type Measured } from './time';

/** How long a run takes whose items each ask for a model of their own, and so have a queue of their own. */

const ITEMS = 4_000;
const CONCURRENCY = 20;
const ROUNDS = 3;

/** Knows every model, unlike the simulator. */
function serve() {
	const server = createServer((request, response) => {
		request.resume().on('end', () => {
			const url = `http://${request.headers.host}/image.png`;
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ images: [{ url }], timings: { inference: 0.1 }, seed: 1 }));
		});
	});
	server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
	process.on('disconnect', () => process.exit(0));
}

const modelOf = (value: string) => ({ model: { __rl: true, mode: 'id', value } });

/** @returns milliseconds of a run with one model, and of one with as many as there are items */
async function timesOf(): Promise<[number, number]> {
	const child = fork(__filename, ['serve'], { execArgv: ['--import', 'tsx'] });
	const port = await new Promise<number>((resolve) => child.once('message', resolve));
	const engine = await openNode({ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'sk-models' });
	const times: [number[], number[]] = [[], []];
	for (let round = 0; round <= ROUNDS; round++) {
		// A model of an earlier round would be known already.
		const models = ['maker/one', `={{ "maker/${round}-" + $json.i }}`];
		for (const [which, model] of models.entries()) {
			const load = { items: ITEMS, concurrency: CONCURRENCY };
			const tookMs = await runNode(engine, load, {
				...modelOf(model),
				options: { download: false },
			});
			if (round > 0) times[which].push(tookMs);
		}
	}
	child.kill();
	return [median(times[0]), median(times[1])];
}

export async function measureManyModels(): Promise<Measured> {
	const [oneMs, manyMs] = await inOwnProcess<[number, number]>(__filename, ['measure']);
	const ratio = manyMs / oneMs;
	return {
		name: `${ITEMS} items, each with a model of its own, without downloads`,
		node: `${manyMs.toFixed(0)} ms`,
		floor: `${oneMs.toFixed(0)} ms (one model)`,
		result: `${ratio.toFixed(2)} x one model`,
		target: '<= 1.3 x one model',
		met: ratio <= 1.3,
	};
}

if (require.main === module) {
	if (process.argv[2] === 'serve') serve();
	else void timesOf().then((times) => process.send?.(times, () => process.exit(0)));
}
