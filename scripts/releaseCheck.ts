/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
/**
 * Everything about a release that can be checked without the right to publish. `--publish` also
 * refuses the placeholders for the package's home, and `--tag NAME` compares the tag.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../harness/locations';
import { packTarball } from '../harness/n8n/install/tarball';
import { runWell } from '../harness/n8n/process/command';
import { checkContents } from '../harness/release/contents';
import { checkLinks } from '../harness/release/links';
import { checkPlaceholders } from '../harness/release/placeholders';
import { scanPackage } from '../harness/release/scanner';
import { checkVersion } from '../harness/release/version';
import { checkWorkflows } from '../harness/release/workflows';

function report(subject: string, problems: readonly string[]): void {
	console.log(problems.length === 0 ? `ok      ${subject}` : `WRONG   ${subject}`);
	for (const problem of problems) console.log(`        ${problem}`);
	if (problems.length > 0) process.exitCode = 1;
}

async function main() {
	const { values } = parseArgs({
		options: { publish: { type: 'boolean', default: false }, tag: { type: 'string' } },
	});
	const listed = await runWell('git', ['ls-files', '-z'], { cwd: projectRoot });
	const paths = listed.split('\0').filter((path) => path !== '');
	report('version, changelog and tag', checkVersion(projectRoot, values.tag));
	report('placeholders', checkPlaceholders(projectRoot, paths, values.publish));
	report('links between files', checkLinks(projectRoot, paths));
	report('workflow files', await checkWorkflows(projectRoot));
	const folder = mkdtempSync(join(tmpdir(), 'packed-'));
	try {
		const tarball = await packTarball(folder);
		report(
			`contents of the tarball (${tarball.paths.length} files)`,
			checkContents(projectRoot, tarball.paths),
		);
		for (const verdict of await scanPackage(tarball.file, console.log)) {
			const { target, passed, message, details } = verdict;
			report(`n8n's scanner, ${target}`, passed ? [] : [`${message} ${details}`]);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

main().catch((thrown: Error) => {
	console.error(thrown.message);
	process.exitCode = 1;
});
