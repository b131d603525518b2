/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
/**
 * Runs examples/generate-then-edit.json in n8n's own engine and saves the images in demo-output/.
 * Uses the local simulator, or the real service if SILICONFLOW_API_KEY is set
 * (SILICONFLOW_REGION=com for the international site).
 */
import '../harness/engine/environment';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { startSimulator } from '../simulator';
import { createEngine, PACKAGE_DIRECTORY } from '../harness/engine/engine';
import { readExample, withCredentials } from '../harness/examples';

const OUTPUT = join(PACKAGE_DIRECTORY, 'demo-output');
const EXAMPLE = 'generate-then-edit.json';

interface Service {
	readonly credential: ICredentialDataDecryptedObject;
	readonly description: string;
	close(): Promise<void>;
}

async function chooseService(): Promise<Service> {
	const { SILICONFLOW_API_KEY: apiKey, SILICONFLOW_REGION: region = 'cn' } = process.env;
	// n8n's engine lets workflows read the environment.
	delete process.env.SILICONFLOW_API_KEY;
	if (apiKey) {
		if (region !== 'cn' && region !== 'com') {
			throw new Error(`SILICONFLOW_REGION must be cn or com, not ${JSON.stringify(region)}.`);
		}
		const description = `the real service, api.siliconflow.${region} (images are billed to your account)`;
		return { credential: { region, apiKey }, description, close: async () => {} };
	}
	const simulator = await startSimulator({ latencyMs: 300 });
	return {
		credential: { region: 'custom', baseUrl: simulator.baseUrl, apiKey: simulator.apiKey },
		description: `the local simulator at ${simulator.baseUrl} (set SILICONFLOW_API_KEY to use the real service)`,
		close: async () => await simulator.close(),
	};
}

async function main() {
	const service = await chooseService();
	try {
		console.log(`Running examples/${EXAMPLE} against ${service.description}`);
		const engine = await createEngine({ credentials: { siliconFlowImageApi: service.credential } });
		const type = 'siliconFlowImageApi';
		const workflow = withCredentials(readExample(EXAMPLE), [{ id: '1', name: 'Demo', type }]);
		const run = await engine.run(workflow);
		const { error, runData } = run.data.resultData;
		if (error) {
			const description = 'description' in error ? String(error.description ?? '') : '';
			throw new Error(`${error.message}\n${description}`);
		}

		rmSync(OUTPUT, { recursive: true, force: true });
		mkdirSync(OUTPUT);
		const rows = [];
		for (const { name, type } of workflow.nodes.filter(({ type }) =>
			type.includes('siliconFlow'),
		)) {
			for (const item of engine.itemsOf(run, name)) {
				const bytes = await engine.bytesOf(item);
				const file = join(OUTPUT, item.binary!.data.fileName!);
				writeFileSync(file, bytes);
				rows.push({
					step: name,
					model: item.json.model,
					seed: item.json.seed,
					file: relative(PACKAGE_DIRECTORY, file),
					size: `${Math.round(bytes.length / 1000)} kB ${item.binary!.data.mimeType}`,
					seconds: (runData[name][0].executionTime / 1000).toFixed(2),
				});
			}
			if (rows.length === 0) throw new Error(`${name} (${type}) returned no image`);
		}
		console.table(rows);
		console.log(`Open the images in ${relative(process.cwd(), OUTPUT) || OUTPUT}`);
	} finally {
		await service.close();
	}
}

main().then(
	// A timer of n8n's engine would keep the process alive.
	() => process.exit(0),
	(thrown: Error) => {
		console.error(`The demo failed: ${thrown.message}`);
		process.exit(1);
	},
);
