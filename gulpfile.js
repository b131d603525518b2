const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');
const { dest, parallel, series, src } = require('gulp');

/** Leaves nothing of an earlier build behind, or a removed file would still be shipped. */
async function clean() {
	rmSync('dist', { recursive: true, force: true });
}

/** Compiles with the TypeScript of this project; one file in, one file out. */
function compile(done) {
	const tsc = require.resolve('typescript/bin/tsc');
	spawn(process.execPath, [tsc], { stdio: 'inherit' }).on('exit', (code) =>
		done(code === 0 ? undefined : new Error(`tsc exited with ${code}`)),
	);
}

/** Copies icons, codex and output-preview schemas. Without `encoding: false` gulp 5 re-encodes. */
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
