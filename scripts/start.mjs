// `npm start`: installs dependencies, builds, then starts n8n with the package. A single process, so
// that Ctrl-C stops all of it in order.
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

// The API key is for the credential alone. Everything that is started from here on inherits the
// environment: npm, install scripts, the compiler and n8n, whose workflows can read it.
const env = { ...process.env };
delete process.env.SILICONFLOW_API_KEY;

// When npm is told to end, the shell between npm and this process ends without telling it.
const parent = process.ppid;
if (process.env.npm_lifecycle_event) {
	const isOrphan = () => process.ppid !== parent;
	setInterval(() => isOrphan() && process.kill(process.pid, 'SIGTERM'), 1000).unref();
}

await import('./setup.mjs');
if (!process.exitCode) {
	console.log('Building the package...');
	const { build } = createRequire(import.meta.url)('../gulpfile.js');
	await promisify(build)();
	const { require: requireTypeScript } = await import('tsx/cjs/api');
	const { start } = requireTypeScript('../harness/n8n/start.ts', import.meta.url);
	await start(env);
}
