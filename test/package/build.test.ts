/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import type { EventEmitter } from 'node:events';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The build that npm scripts run before their work, with a compiler that only copies. */

const ROOT = join(__dirname, '..', '..');
const COMPILER = `
const { appendFileSync, copyFileSync, existsSync, mkdirSync, renameSync } = require('node:fs');
appendFileSync('compiled', 'once ');
if (existsSync('fail')) process.exit(2);
mkdirSync('dist/nodes', { recursive: true });
copyFileSync('nodes/Node.ts', 'dist/nodes/Node.js');
if (existsSync('saved')) renameSync('saved', 'nodes/Node.ts');
`;

interface Gulpfile {
	build(done: (error?: Error) => void): void;
}

let folder: string;
const path = (...parts: string[]) => join(folder, ...parts);
const write = (file: string, text: string) => {
	mkdirSync(dirname(path(file)), { recursive: true });
	writeFileSync(path(file), text);
};
const read = (file: string) => readFileSync(path(file), 'utf8');

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'build-'));
	cpSync(join(ROOT, 'gulpfile.js'), path('gulpfile.js'));
	for (const file of ['package-lock.json', 'tsconfig.json']) write(file, '{}');
	write('node_modules/typescript/bin/tsc', COMPILER);
	symlinkSync(join(ROOT, 'node_modules', 'gulp'), path('node_modules', 'gulp'));
	write('nodes/Node.ts', 'first');
	write('nodes/icon.svg', '<svg/>');
	process.chdir(folder);
	await build();
});
afterEach(() => {
	process.chdir(ROOT);
	rmSync(folder, { recursive: true, force: true });
});

async function build(): Promise<void> {
	const requireThere = createRequire(path('gulpfile.js'));
	const gulp = requireThere('gulp') as EventEmitter;
	// gulp's own command listens to this as well.
	const ignore = () => {};
	gulp.on('error', ignore);
	try {
		await promisify((requireThere('./gulpfile.js') as Gulpfile).build)();
	} finally {
		gulp.off('error', ignore);
	}
}
const builds = () => read('compiled').trim().split(' ').length;

it('compiles and copies once while nothing changes', async () => {
	await build();

	expect(builds()).toBe(1);
	expect(read('dist/nodes/Node.js')).toBe('first');
	expect(read('dist/nodes/icon.svg')).toBe('<svg/>');
});

it.each<[string, () => void]>([
	['a source has changed', () => write('nodes/Node.ts', 'second')],
	['an icon has changed', () => write('nodes/icon.svg', '<svg></svg>')],
	['the versions of the tools have changed', () => write('package-lock.json', '{ }')],
	['a file in dist has changed', () => write('dist/nodes/Node.js', 'second')],
	['a file in dist is missing', () => rmSync(path('dist', 'nodes', 'icon.svg'))],
	['there is a file more in dist', () => write('dist/nodes/Other.js', '')],
	['dist is missing', () => rmSync(path('dist'), { recursive: true })],
])('builds again when %s', async (_what, change) => {
	change();
	await build();

	expect(builds()).toBe(2);
	expect(read('dist/nodes/Node.js')).toBe(read('nodes/Node.ts'));
	expect(read('dist/nodes/icon.svg')).toBe(read('nodes/icon.svg'));
	expect(existsSync(path('dist', 'nodes', 'Other.js'))).toBe(false);
});

it('builds again when a source was saved while it was compiled', async () => {
	write('nodes/Node.ts', 'second');
	write('saved', 'third');
	await build();
	expect(read('dist/nodes/Node.js')).toBe('second');
	await build();

	expect(builds()).toBe(3);
	expect(read('dist/nodes/Node.js')).toBe('third');
});

it('builds again after a build that failed', async () => {
	write('nodes/Node.ts', 'wrong');
	write('fail', '');
	await expect(build()).rejects.toThrow('tsc exited with 2');
	rmSync(path('fail'));
	write('nodes/Node.ts', 'first');
	await build();

	expect(builds()).toBe(3);
	expect(read('dist/nodes/Node.js')).toBe('first');
});
