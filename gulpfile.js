const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const {
	existsSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} = require('node:fs');
const { join } = require('node:path');
const { dest, parallel, series, src } = require('gulp');

/** Holds what the last build was made of, and what came of it. */
const STAMP = join('node_modules', '.build-stamp');
const SOURCES = ['credentials', 'nodes', 'gulpfile.js', 'package-lock.json', 'tsconfig.json'];

/** Changes with any file in these places. */
function digestOf(places) {
	const filesIn = (place) =>
		statSync(place).isFile()
			? [place]
			: readdirSync(place).flatMap((name) => filesIn(join(place, name)));
	const files = places.filter((place) => existsSync(place)).flatMap(filesIn);
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

/** Builds, unless dist is what the last build left of the same sources. Every npm script comes by. */
function build(done) {
	// Before the build, because a source may change while it is compiled.
	const sources = digestOf(SOURCES);
	const state = () => `${sources} ${digestOf(['dist'])}`;
	if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === state()) return done();
	const leaveStamp = async () => writeFileSync(STAMP, state());
	series(clean, parallel(compile, copyAssets), leaveStamp)(done);
}

exports.clean = clean;
exports.build = build;
exports.default = build;
