/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/**
 * n8n's lint, in which a warning is a failure as well. n8n's command passes no options on to ESLint,
 * and its strict mode allows no change of the configuration.
 */

/** ESLint's summary in the output of a lint, such as `✖ 1 problem (0 errors, 1 warning)`. */
export function problemsIn(output: string): string | undefined {
	return /^✖ \d+ problems? .*$/m.exec(stripVTControlCharacters(output))?.[0];
}

function main(): void {
	const lint = spawn('n8n-node', ['lint'], {
		shell: process.platform === 'win32',
		stdio: ['inherit', 'pipe', 'inherit'],
	});
	let output = '';
	lint.stdout.setEncoding('utf8').on('data', (text: string) => {
		output += text;
		process.stdout.write(text);
	});
	lint.once('error', ({ message }) => {
		console.error(message);
		process.exitCode = 1;
	});
	lint.once('close', (status) => {
		process.exitCode ||= status || problemsIn(output) ? 1 : 0;
	});
}

if (require.main === module) main();
