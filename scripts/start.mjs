// `npm start`: installs dependencies, builds, then starts n8n with the package. A single process
// instead of `&&`, because on Ctrl-C the shell would report a failure before everything has stopped.
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import './setup.mjs';

if (!process.exitCode) {
	console.log('Building the package...');
	const { build } = createRequire(import.meta.url)('../gulpfile.js');
	await promisify(build)();
	const { require: requireTypeScript } = await import('tsx/cjs/api');
	requireTypeScript('../harness/n8n/start.ts', import.meta.url);
}
