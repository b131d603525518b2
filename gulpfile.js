const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');
const { dest, parallel, series, src } = require('gulp');

/** Removes the previous build, so that a deleted file is not shipped. */
async function clean() {
	rmSync('dist', { recursive: true, force: true });
}

/** Compiles with this project's TypeScript, one output file per source file. */
function compile(done) {
	const tsc = require.resolve('typescript/bin/tsc');
	spawn(process.execPath, [tsc], { stdio: 'inherit' }).on('exit', (code) =>
		done(code === 0 ? undefined : new Error(`tsc exited with ${code}`)),
	);
}

/** Copies icons, codex and output schemas. Without `encoding: false`, gulp 5 corrupts binary files. */
function copyAssets() {
	const patterns = [
		'{nodes,credentials}/**/*.{svg,png}',
		'nodes/**/*.node.json',
		'nodes/**/__schema__/**/*.json',
	];
	return src(patterns, { base: '.', encoding: false }).pipe(dest('dist'));
}

exports.clean = clean;
exports.build = series(clean, parallel(compile, copyAssets));
exports.default = exports.build;
