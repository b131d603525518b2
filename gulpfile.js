const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { dest, parallel, series, src } = require('gulp');

/** Holds the digest that the last build left. */
const STAMP = join('node_modules', '.build-stamp');

/** Changes with any file that is compiled or copied, with the tools, and with any file in dist. */
function digest() {
	const inside = (folder) =>
		readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
	const folders = ['credentials', 'nodes', 'dist'].filter((folder) => existsSync(folder));
	const files = ['gulpfile.js', 'package-lock.json', 'tsconfig.json', ...folders.flatMap(inside)];
	const hash = createHash('sha256');
	for (const file of files.sort()) {
		const content = readFileSync(file);
		hash.update(`${file} ${content.length}\n`).update(content);
	}
	return hash.digest('hex');
}

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

async function leaveStamp() {
	writeFileSync(STAMP, digest());
}

const buildAnew = series(clean, parallel(compile, copyAssets), leaveStamp);

/** Builds, unless dist is what the last build left of the same sources. Every npm script comes by. */
function build(done) {
	const isBuilt = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest();
	if (isBuilt) done();
	else buildAnew(done);
}

exports.clean = clean;
exports.build = build;
exports.default = build;
