/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../harness/locations';

/**
 * Runs all that CI checks fast, each as its own npm script does, but with one build for all. Fails when
 * any of them fails, after the others have run.
 */

/** Side by side, because each uses one core. Together they take about as long as lint alone. */
export const LANES = [['lint'], ['types', 'docs -- --check', 'scan']] as const;

/** One after the other, because they use all cores and measure time. */
export const SUITES = ['test', 'test:setup'] as const;

const PREPARATION = /^node scripts\/setup\.mjs && (gulp build && )?/;

/** What an npm script runs after set-up and build. */
export function commandOf(script: string, scripts: Readonly<Record<string, string>>): string {
	const [name, args = ''] = script.split(' -- ');
	if (!PREPARATION.test(scripts[name] ?? '')) throw new Error(`No npm script ${name}`);
	return `${scripts[name].replace(PREPARATION, '')} ${args}`.trim();
}

export interface Ended {
	readonly isPassed: boolean;
	readonly text: string;
}

/**
 * Runs the lanes side by side, and what is in a lane one after the other. Prints one line for each
 * check, and what a failed one printed.
 *
 * @returns the checks that failed
 */
export async function runLanes(
	lanes: ReadonlyArray<readonly string[]>,
	run: (check: string) => Promise<Ended>,
	print: (text: string) => void,
): Promise<string[]> {
	const failed: string[] = [];
	const runLane = async (lane: readonly string[]) => {
		for (const check of lane) {
			const began = Date.now();
			const { isPassed, text } = await run(check);
			const seconds = Math.round((Date.now() - began) / 1000);
			print(`${isPassed ? 'passed' : 'FAILED'}: ${check} (${seconds} s)`);
			if (isPassed) continue;
			failed.push(check);
			print(text);
		}
	};
	await Promise.all(lanes.map(runLane));
	return failed;
}

/** @param isShown whether its output goes to the terminal as it comes */
async function runShell(command: string, isShown: boolean): Promise<Ended> {
	const stdio = isShown ? 'inherit' : 'pipe';
	const child = spawn(command, { cwd: projectRoot, shell: true, stdio: ['ignore', stdio, stdio] });
	let text = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding('utf8').on('data', (more: string) => (text += more));
	}
	return await new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (status) => resolve({ isPassed: status === 0, text }));
	});
}

async function main() {
	const manifest = readFileSync(join(projectRoot, 'package.json'), 'utf8');
	const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> };
	const runAll = async (lanes: ReadonlyArray<readonly string[]>, isShown: boolean) =>
		await runLanes(
			lanes,
			async (script) => await runShell(commandOf(script, scripts), isShown),
			console.log,
		);
	const failed = [...(await runAll(LANES, false)), ...(await runAll([SUITES], true))];
	if (failed.length === 0) return console.log('All checks passed.');
	console.error(`Failed: ${failed.join(', ')}. Run one with npm run.`);
	process.exitCode = 1;
}

if (require.main === module) {
	main().catch((thrown: Error) => {
		console.error(thrown.message);
		process.exitCode = 1;
	});
}
