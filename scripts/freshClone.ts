/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
/**
 * Runs one command of the README in a fresh clone of HEAD, with the given Node version:
 * `tsx scripts/freshClone.ts 22.22.2 npm run demo`. Fails when the command fails or the demo leaves no
 * images.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../harness/locations';
import { environmentFor, prepareNode } from '../harness/n8n/install/hosts';

async function main() {
	const [version, ...command] = process.argv.slice(2);
	const node = await prepareNode(version, console.log);
	const folder = mkdtempSync(join(tmpdir(), 'fresh-clone-'));
	try {
		execFileSync('git', ['clone', '--quiet', projectRoot, folder], { stdio: 'inherit' });
		const { status } = spawnSync(command[0], command.slice(1), {
			cwd: folder,
			stdio: 'inherit',
			env: { ...process.env, ...environmentFor(node) },
		});
		if (status !== 0) throw new Error(`${command.join(' ')} ended with status ${status}`);
		if (command.includes('demo')) {
			const images = readdirSync(join(folder, 'demo-output'));
			if (images.length !== 2)
				throw new Error(`The demo should leave two images, but left: ${images.join(', ')}`);
		}
		console.log(`"${command.join(' ')}" works in a fresh clone on Node ${version}.`);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

main().catch((thrown: Error) => {
	console.error(thrown.message);
	process.exitCode = 1;
});
