/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
/**
 * Runs n8n's scanner for community packages on the sources and on the packed tarball, as n8n does.
 * The scanner's command takes published packages only, but its analyzer takes any folder. It is
 * installed separately, because it brings another version of the lint rules.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../harness/n8n/process/command';
import { installOnce } from '../harness/n8n/install/installOnce';
import { projectRoot } from '../harness/locations';
import { npm } from '../harness/n8n/install/npm';
import { packTarball } from '../harness/n8n/install/tarball';

const SCANNER = '@n8n/scan-community-package';
const VERSION = '0.32.0';

interface Verdict {
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

async function main() {
	const folder = await installOnce(
		{
			name: `scanner-${VERSION}`,
			gigabytes: 0.25,
			needsGigabytes: 1,
			install: async (cwd) => {
				writeFileSync(join(cwd, 'package.json'), '{"private":true}');
				await npm(['install', `${SCANNER}@${VERSION}`, '--save-exact', '--ignore-scripts'], {
					cwd,
				});
			},
			check: async (cwd) => {
				await npm(['ls', SCANNER], { cwd });
			},
		},
		console.log,
	);
	const work = mkdtempSync(join(tmpdir(), 'scan-'));
	try {
		const { file } = await packTarball(work);
		const unpacked = join(work, 'package');
		mkdirSync(unpacked);
		await run('tar', ['-xzf', file, '-C', unpacked, '--strip-components=1']);
		const script = join(folder, 'analyze.mjs');
		writeFileSync(script, ANALYZE);
		const { stdout, stderr } = await run(process.execPath, [script, projectRoot, unpacked], {
			cwd: folder,
			// The scanner leaves an empty folder behind.
			env: { TMPDIR: work },
		});
		const verdicts = JSON.parse(stdout.trim().split('\n').at(-1) || `"${stderr}"`) as Verdict[];
		for (const { target, passed, message, details } of verdicts) {
			console.log(`scanner, ${target}: ${passed ? 'passed' : `refused: ${message}\n${details}`}`);
		}
		if (verdicts.length !== 2 || !verdicts.every(({ passed }) => passed)) process.exitCode = 1;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

main().catch((thrown: Error) => {
	console.error(thrown.message);
	process.exitCode = 1;
});
