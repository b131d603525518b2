// `npm start`: installs dependencies, builds, then starts n8n with the package. A single process
// instead of `&&`, because on Ctrl-C the shell would report a failure before everything has stopped.
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

// The API key is for the credential alone. Everything that is started from here on inherits the
// environment: npm, install scripts, the compiler and n8n, whose workflows can read it.
const env = { ...process.env };
delete process.env.SILICONFLOW_API_KEY;

await import('./setup.mjs');
if (!process.exitCode) {
	console.log('Building the package...');
	const { build } = createRequire(import.meta.url)('../gulpfile.js');
	await promisify(build)();
	const { require: requireTypeScript } = await import('tsx/cjs/api');
	const { start } = requireTypeScript('../harness/n8n/start.ts', import.meta.url);
	await start(env);
}
