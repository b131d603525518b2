/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../locations';
import { installOnce } from '../n8n/install/installOnce';
import { npm } from '../n8n/install/npm';
import { run } from '../n8n/process/processes';

/**
 * n8n's scanner for community packages. Its command takes published packages only, but its analyzer
 * takes any folder. It is installed separately, because it brings another version of the lint rules.
 */

const SCANNER = '@n8n/scan-community-package';
const VERSION = '0.32.0';

/** What the scanner said about the sources or about the packed files. */
export interface Verdict {
	readonly target: string;
	readonly passed: boolean;
	readonly message?: string;
	readonly details?: string;
}

/** Runs in the scanner's folder, so that imports resolve to the scanner's versions. */
const ANALYZE = `
import { analyzePackage, SOURCE_FILE_PATTERNS } from '${SCANNER}/scanner/scanner.mjs';
const [sources, tarball] = process.argv.slice(2);
const targets = [
	['sources', await analyzePackage(sources, SOURCE_FILE_PATTERNS)],
	['tarball', await analyzePackage(tarball, ['**/*.js', 'package.json'])],
];
console.log(JSON.stringify(targets.map(([target, { passed, message, details }]) => ({ target, passed, message, details }))));
`;

/**
 * Scans the sources and a packed tarball, as n8n does before it verifies a package.
 *
 * @param file path of the tarball
 * @param say gets lines about the progress of the installation
 * @returns one verdict for the sources and one for the tarball
 * @throws Error when the scanner does not give both
 */
export async function scanPackage(file: string, say: (line: string) => void): Promise<Verdict[]> {
	const scanner = await installScanner(say);
	const work = mkdtempSync(join(tmpdir(), 'scan-'));
	try {
		const unpacked = join(work, 'package');
		mkdirSync(unpacked);
		await run('tar', ['-xzf', file, '-C', unpacked, '--strip-components=1']);
		const script = join(scanner, 'analyze.mjs');
		writeFileSync(script, ANALYZE);
		const { stdout, stderr } = await run(process.execPath, [script, projectRoot, unpacked], {
			cwd: scanner,
			// The scanner leaves an empty folder behind.
			env: { TMPDIR: work },
		});
		const last = stdout.trim().split('\n').at(-1);
		if (!last) throw new Error(`The scanner printed nothing. ${stderr}`);
		const verdicts = JSON.parse(last) as Verdict[];
		if (verdicts.length !== 2) throw new Error(`The scanner gave ${verdicts.length} verdicts.`);
		return verdicts;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

async function installScanner(say: (line: string) => void): Promise<string> {
	return await installOnce(
		{
			name: `scanner-${VERSION}`,
			gigabytes: 0.25,
			needsGigabytes: 1,
			install: async (cwd) => {
				writeFileSync(join(cwd, 'package.json'), '{"private":true}');
				const exact = ['--save-exact', '--ignore-scripts'];
				await npm(['install', `${SCANNER}@${VERSION}`, ...exact], { cwd });
			},
			check: async (cwd) => {
				await npm(['ls', SCANNER], { cwd });
			},
		},
		say,
	);
}
