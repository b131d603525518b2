/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
/**
 * Runs n8n's scanner for community packages on the sources and on the packed tarball. With the path
 * of a tarball, it scans that one instead of packing.
 */
import { resolve } from 'node:path';
import { withTarball } from '../harness/n8n/install/tarball';
import { scanPackage } from '../harness/release/scanner';

async function scan(file: string): Promise<void> {
	for (const { target, passed, message, details } of await scanPackage(file, console.log)) {
		console.log(`scanner, ${target}: ${passed ? 'passed' : `refused: ${message}\n${details}`}`);
		if (!passed) process.exitCode = 1;
	}
}

async function main() {
	const [given] = process.argv.slice(2);
	if (given !== undefined) return await scan(resolve(given));
	await withTarball(async ({ file }) => await scan(file));
}

main().catch((thrown: Error) => {
	console.error(thrown.message);
	process.exitCode = 1;
});
