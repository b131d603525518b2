/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkLinks, checkPlaceholders } from '../../harness/release/documents';
import { repositoryFiles } from '../../harness/release/files';
import { checkContents, checkVersion } from '../../harness/release/manifest';
import { run } from '../../harness/n8n/process/processes';
import { checkWorkflows } from '../../harness/release/workflows';

/** Each check on a small release that is right, and on the same release with one thing wrong. */

const ROOT = join(__dirname, '..', '..');

let root: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'release-'));
	write('package.json', JSON.stringify({ version: '1.0.0', n8n: N8N }));
	write('package-lock.json', JSON.stringify({ version: '1.0.0', packages: { '': LOCKED } }));
	write('CHANGELOG.md', '# Changelog\n\n## [1.0.0] - 2026-12-31\n\n## [0.1.0] - 2026-11-01\n');
	cpSync(join(ROOT, '.github', 'workflows'), join(root, '.github', 'workflows'), {
		recursive: true,
	});
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const LOCKED = { version: '1.0.0' };
const N8N = { nodes: ['dist/nodes/A/A.node.js'], credentials: ['dist/credentials/B.js'] };

function write(path: string, text: string): void {
	mkdirSync(dirname(join(root, path)), { recursive: true });
	writeFileSync(join(root, path), text);
}

function change(path: string, from: string | RegExp, to: string): void {
	const text = readFileSync(join(root, path), 'utf8');
	const changed = text.replace(from, to);
	expect(changed).not.toBe(text);
	writeFileSync(join(root, path), changed);
}

describe('The version', () => {
	it('may be the same everywhere', () => {
		expect(checkVersion(root, false)).toStrictEqual([]);
		expect(checkVersion(root, true, '1.0.0')).toStrictEqual([]);
	});

	it('may have an Unreleased section above it until it is published', () => {
		change('CHANGELOG.md', '## [1.0.0]', '## [Unreleased]\n\n- A change\n\n## [1.0.0]');

		expect(checkVersion(root, false)).toStrictEqual([]);
		expect(checkVersion(root, true)).toStrictEqual([
			'CHANGELOG.md has an Unreleased section. Give it the version and the date.',
		]);
	});

	it.each([
		['package.json', '1.0.0', '1.0.1', 'package-lock.json says 1.0.0, but package.json says 1.0.1'],
		['package.json', '1.0.0', '1.0.0-rc.1', '"1.0.0-rc.1" is not a version to publish'],
		['package-lock.json', '1.0.0', '0.9.0', 'package-lock.json says 0.9.0'],
		['CHANGELOG.md', '## [1.0.0] - 2026-12-31', '## [Unreleased]', 'begins with 0.1.0'],
		['CHANGELOG.md', '## [0.1.0] - 2026-11-01', '## Unreleased', 'must be the first'],
		['CHANGELOG.md', '1.0.0', '1.1.0', 'CHANGELOG.md begins with 1.1.0'],
		['CHANGELOG.md', ' - 2026-12-31', '', 'must look like'],
		['CHANGELOG.md', '2026-12-31', '2026-13-31', 'is no date'],
	])('is wrong when %s has %s changed to %s', (path, from, to, problem) => {
		change(path, from, to);

		expect(checkVersion(root, false).join('\n')).toContain(problem);
	});

	it('must be the tag', () => {
		expect(checkVersion(root, true, 'v1.0.0')).toStrictEqual([
			'The tag is v1.0.0, but package.json says 1.0.0.',
		]);
	});
});

describe('Placeholders', () => {
	const HOME = 'https://github.com/n8n-nodes-siliconflow-image/n8n-nodes-siliconflow-image';

	it('for the home of the package may be in the listed files until it is published', () => {
		write('package.json', `{\n"homepage": "${HOME}"\n}`);

		expect(checkPlaceholders(root, ['package.json'], false)).toStrictEqual([]);
		expect(checkPlaceholders(root, ['package.json'], true)).toStrictEqual([
			'package.json:2 has the placeholder "github.com/n8n-nodes-siliconflow-image/".',
		]);
	});

	it('for the holder may be in the licence until then, too', () => {
		write('LICENSE', 'Copyright (c) 2026 n8n-nodes-siliconflow-image contributors\n');

		expect(checkPlaceholders(root, ['LICENSE'], false)).toStrictEqual([]);
		expect(checkPlaceholders(root, ['LICENSE'], true)).toStrictEqual([
			'LICENSE:1 has the placeholder "n8n-nodes-siliconflow-image contributors".',
		]);
	});

	it.each([
		HOME,
		'maintainers@n8n-nodes-siliconflow-image.dev',
		'TODO: say more',
		'Write to your-name.',
		'<...>',
	])('may be nowhere else: %s', (text) => {
		write('SECURITY.md', `# A\n\n${text}\n`);

		expect(checkPlaceholders(root, ['SECURITY.md'], false)).toHaveLength(1);
	});
});

describe('The files of the repository', () => {
	it('are those that git knows', async () => {
		await run('git', ['init', '--quiet'], { cwd: root });
		write('dist/A.js', '');
		await run('git', ['add', 'package.json', 'CHANGELOG.md'], { cwd: root });

		expect(await repositoryFiles(root)).toStrictEqual(['CHANGELOG.md', 'package.json']);
	});

	it('are those that .gitignore does not name, in a copy without git', async () => {
		write('.gitignore', 'dist\nnode_modules\n*.tgz\n');
		for (const path of ['dist/A.js', 'node_modules/b/c.js', 'd.tgz', 'e/f.md']) write(path, '');

		expect(await repositoryFiles(root)).toStrictEqual([
			'.github/workflows/ci.yml',
			'.github/workflows/publish.yml',
			'.gitignore',
			'CHANGELOG.md',
			'e/f.md',
			'package-lock.json',
			'package.json',
		]);
	});
});

describe('The workflow files', () => {
	it('are right as they are', async () => {
		expect(await checkWorkflows(root)).toStrictEqual([]);
	});

	it.each([
		['an action by tag', 'publish.yml', /@[0-9a-f]{40} # v6\.0\.2/, '@v6', 'must be pinned'],
		['an image by tag', 'ci.yml', /@sha256:[0-9a-f]{64}/, '', 'must be pinned as image:tag@sha256'],
		['no version beside the commit', 'ci.yml', ' # v6.0.2', '', 'must be pinned'],
		['an unknown key', 'ci.yml', 'timeout-minutes', 'time-out', 'unexpected key "time-out"'],
		['an unknown job', 'publish.yml', 'needs: pack', 'needs: packed', 'packed'],
		[
			'an unknown output',
			'publish.yml',
			'needs.pack.outputs.sha256',
			'needs.pack.outputs.sum',
			'sum',
		],
		['the right to write', 'ci.yml', 'contents: read', 'contents: write', 'contents: read'],
		['no rights set', 'ci.yml', /permissions:\n.*\n/, '', 'contents: read'],
		['more rights to publish', 'publish.yml', 'id-token: write', 'packages: write', 'publish'],
	])('are refused with %s', async (_, name, from, to, problem) => {
		change(join('.github', 'workflows', name), from, to);

		expect((await checkWorkflows(root)).join('\n')).toContain(problem);
	});
});

describe('The contents of the tarball', () => {
	const RIGHT = ['LICENSE', 'README.md', 'package.json', ...N8N.nodes, ...N8N.credentials];

	it('are dist and the papers', () => {
		expect(checkContents(root, RIGHT)).toStrictEqual([]);
	});

	it.each(RIGHT)('need %s', (path) => {
		expect(
			checkContents(
				root,
				RIGHT.filter((name) => name !== path),
			),
		).toStrictEqual([`${path} is not in the tarball.`]);
	});

	it.each([
		'dist/nodes/A/A.node.d.ts',
		'dist/nodes/A/A.js.map',
		'dist/test/a.js',
		'test/a.test.ts',
		'dist/tsconfig.tsbuildinfo',
		'docs/recording.gif',
	])('may not have %s', (path) => {
		expect(checkContents(root, [...RIGHT, path])).toHaveLength(1);
	});

	it('need no dependencies', () => {
		write('package.json', JSON.stringify({ n8n: N8N, dependencies: { zod: '3' } }));

		expect(checkContents(root, RIGHT)).toStrictEqual(['package.json has dependencies.']);
	});
});

describe('Links between documents', () => {
	const check = (text: string) => {
		write('docs/a.md', text);
		write('README.md', '# Top\n\n## How it works: a "tour"\n\n## Same\n\n## Same\n');
		return checkLinks(root, ['docs/a.md', 'README.md', 'docs/image.png']);
	};

	it.each([
		'[up](../README.md)',
		'![image](image.png)',
		'<img alt="x" src="image.png">',
		'[folder](../docs/)',
		'[heading](../README.md#how-it-works-a-tour)',
		'[second](../README.md#same-1)',
		'# Here\n[here](#here)',
		'[out](https://n8n.io/nothing.md#x)',
		'`[code](nothing.md)`',
		'```md\n[code](nothing.md)\n```\n',
	])('are right: %s', (text) => {
		expect(check(text)).toStrictEqual([]);
	});

	it.each([
		['[gone](gone.md)', 'docs/a.md links to gone.md, which does not exist.'],
		['<img src="gone.png">', 'docs/a.md links to gone.png, which does not exist.'],
		[
			'[no](../README.md#gone)',
			'docs/a.md links to ../README.md#gone, but there is no such heading.',
		],
		['[no](#gone)', 'docs/a.md links to #gone, but there is no such heading.'],
		['[out](../../secret)', 'docs/a.md links to ../../secret, which does not exist.'],
	])('are wrong: %s', (text, problem) => {
		expect(check(text)).toStrictEqual([problem]);
	});
});
