/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
/**
 * Runs n8n's scanner for community packages on the sources and on the packed tarball. With the path
 * of a tarball, it scans that one instead of packing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packTarball } from '../harness/n8n/install/tarball';
import { scanPackage } from '../harness/release/scanner';

async function main() {
	const [given] = process.argv.slice(2);
	const folder = mkdtempSync(join(tmpdir(), 'packed-'));
	try {
		const file = given === undefined ? (await packTarball(folder)).file : resolve(given);
		for (const { target, passed, message, details } of await scanPackage(file, console.log)) {
			console.log(`scanner, ${target}: ${passed ? 'passed' : `refused: ${message}\n${details}`}`);
			if (!passed) process.exitCode = 1;
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

main().catch((thrown: Error) => {
	console.error(thrown.message);
	process.exitCode = 1;
});
