#!/usr/bin/env node
// Stands in for npm on the PATH of a test: it records how it was called and does what FAKE_NPM says.
const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const args = process.argv.slice(2);
const { FAKE_NPM = 'install', FAKE_NPM_LOG, NODE_ENV, SILICONFLOW_API_KEY } = process.env;
const log = (entry) => appendFileSync(FAKE_NPM_LOG, `${JSON.stringify(entry)}\n`);
const [behavior, ...words] = FAKE_NPM.split(' ');

log({ args, pid: process.pid, key: SILICONFLOW_API_KEY, wasThere: existsSync('node_modules') });
if (behavior === 'unreachable' || (behavior === 'fail' && args[0] === 'install')) {
	console.error(words.join(' '));
	process.exit(1);
}
if (args[0] === 'install' && behavior === 'sleep') {
	mkdirSync('node_modules/half', { recursive: true });
	// As npm does, which goes on for many seconds.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
	setInterval(() => {}, 1000);
} else if (args[0] === 'install' && behavior === 'keep') {
	writeFileSync('node_modules/.package-lock.json', '{"packages":{}}');
} else if (args[0] === 'install') {
	const isProduction = NODE_ENV === 'production' && !args.includes('--include=dev');
	const packages = ['some', ...(isProduction ? [] : ['gulp', 'jest', 'tsx'])];
	const write = (file, text) => {
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text);
	};
	for (const name of packages) {
		write(join('node_modules', name, 'package.json'), '{}');
		if (behavior !== 'forget') write(join('node_modules', '.bin', name), '');
	}
	const paths = packages.map((name) => [`node_modules/${name}`, {}]);
	const installed = { packages: Object.fromEntries(paths) };
	setTimeout(
		() => write(join('node_modules', '.package-lock.json'), JSON.stringify(installed)),
		behavior === 'slow' ? 1500 : 0,
	);
}
