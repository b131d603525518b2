/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packTarball, type Tarball } from '../../harness/n8n/install/tarball';
import { runInstalled } from './runInstalled';

/** What npm would publish: its contents, and the package installed the way n8n does. */

const execute = promisify(execFile);
const ROOT = join(__dirname, '..', '..');
const NAME = 'n8n-nodes-siliconflow-image';

let folder: string;
let packed: Tarball;
beforeAll(async () => {
	folder = await realpath(await mkdtemp(join(tmpdir(), 'packed-')));
	packed = await packTarball(folder);
	// npm takes a second, or half a minute on a busy machine.
}, 120_000);
afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** Unpacks the tarball next to n8n-workflow and this version of zod, and nothing else. */
async function install(zod: string): Promise<string> {
	const modules = join(folder, zod, 'node_modules');
	const home = join(modules, NAME);
	await mkdir(home, { recursive: true });
	await execute('tar', ['-xzf', packed.file, '-C', home, '--strip-components=1']);
	await symlink(join(ROOT, 'node_modules', 'n8n-workflow'), join(modules, 'n8n-workflow'));
	await symlink(join(ROOT, 'node_modules', zod), join(modules, 'zod'));
	return home;
}

describe('The tarball', () => {
	it('holds dist, README, LICENSE and the manifest, and nothing else', () => {
		const { paths } = packed;
		const papers = ['LICENSE', 'README.md'].filter((name) => existsSync(join(ROOT, name)));

		expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toStrictEqual(
			[...papers, 'package.json'].sort(),
		);
		expect(paths).toContain(`dist/nodes/SiliconFlowImage/SiliconFlowImage.node.json`);
	});

	it('holds no tests, maps, sources or parts of the simulator', () => {
		const wrong = packed.paths
			.filter((path) => !/^(LICENSE|README\.md|package\.json)$/.test(path))
			.filter(
				(path) =>
					/test|simulator|tsbuildinfo|\.map$|\.d\.ts$/i.test(path) ||
					!/\.(js|json|svg)$/.test(path),
			);

		expect(wrong).toStrictEqual([]);
	});

	it('is smaller than 100 kB', () => {
		expect(packed.size).toBeLessThan(100_000);
	});
});

describe('The installed package', () => {
	let homes: string[];
	let seen: unknown[];
	beforeAll(async () => {
		homes = await Promise.all(['zod', 'zod4'].map(install));
		seen = [await runInstalled(homes[0]), await runInstalled(homes[1])];
	});

	it.each([
		['zod 3', 0, /^3\.25\./],
		['zod 4', 1, /^4\./],
	])('makes an image in n8n with %s and no other packages', (_name, i, version) => {
		expect(seen[i]).toStrictEqual({
			zod: expect.stringMatching(version),
			resolves: ['n8n-workflow', 'zod'],
			nodes: ['siliconFlowImage'],
			credentials: ['siliconFlowImageApi'],
			loadedFrom: homes[i],
			accepted: [true, true],
			refused: [false, false, false, false],
			status: 'success',
			message: undefined,
			body: { model: 'Kwai-Kolors/Kolors', prompt: 'a fox', image_size: '64x64' },
			fileName: 'image.png',
			isPng: true,
		});
	});

	it('uses nothing that n8n forbids to community nodes', async () => {
		const files = await readdir(join(homes[0], 'dist'), { recursive: true });
		const compiled = files.filter((name) => name.endsWith('.js'));
		const forbidden =
			/\bconsole\b|\bprocess\.|\bset(Timeout|Interval|Immediate)\b|\b__dirname\b|\beval\b|\bglobalThis\b/;
		const wrong: string[] = [];
		for (const name of compiled) {
			const code = await readFile(join(homes[0], 'dist', name), 'utf8');
			if (forbidden.test(code)) wrong.push(`${name}: ${forbidden.exec(code)?.[0]}`);
		}

		expect(compiled.length).toBeGreaterThan(30);
		expect(wrong).toStrictEqual([]);
	});
});
