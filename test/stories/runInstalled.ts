/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openWorkbench } from '../support/workbench';

interface Contract {
	capabilitiesOf(id: string, region: string): unknown;
	requestSchema(
		model: unknown,
		operation: string,
	): { safeParse(body: unknown): { success: boolean } };
}

/** Loads the package from the given folder, makes an image with it, and returns the findings. */
export async function runInstalled(packageDirectory: string) {
	const requireThere = createRequire(join(packageDirectory, 'package.json'));
	const contract = join(packageDirectory, 'dist', 'nodes', 'SiliconFlowImage', 'contract');
	const { capabilitiesOf } = requireThere(join(contract, 'catalog.js')) as Contract;
	const { requestSchema } = requireThere(join(contract, 'request.js')) as Contract;
	const accepts = (body: object) =>
		requestSchema(capabilitiesOf('Qwen/Qwen-Image', 'cn'), 'generate').safeParse({
			model: 'Qwen/Qwen-Image',
			prompt: 'a fox',
			image_size: '1024x1024',
			...body,
		}).success;
	const resolves = (name: string) => {
		try {
			return requireThere.resolve(name) !== '';
		} catch {
			return false;
		}
	};

	const bench = await openWorkbench({ packageDirectory });
	const { status, error, items } = await bench.step({
		prompt: 'a fox',
		imageSize: 'custom',
		width: 64,
		height: 64,
	});
	const bytes = items.length > 0 ? await bench.engine.bytesOf(items[0]) : Buffer.alloc(0);
	await bench.close();
	const { loader } = bench.engine;
	return {
		zod: (requireThere('zod/package.json') as { version: string }).version,
		resolves: ['n8n-workflow', 'zod', 'n8n-core', 'lodash', 'ajv', 'typescript'].filter(resolves),
		nodes: Object.keys(loader.nodeTypes),
		credentials: Object.keys(loader.credentialTypes),
		loadedFrom: loader.directory,
		accepted: [{}, { cfg: 4, seed: 0 }].map(accepts),
		refused: [{ cfg: 21 }, { style: 'vivid' }, { prompt: ' ' }, { seed: 0.5 }].map(accepts),
		status,
		message: error?.message,
		body: bench.simulator.generations[0]?.body,
		fileName: items[0]?.binary?.data.fileName,
		isPng: bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n',
	};
}
