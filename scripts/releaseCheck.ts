/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
/**
 * Everything about a release that can be checked without the right to publish. `--publish` also
 * refuses the placeholders for the package's home and an Unreleased section, and `--tag NAME` compares
 * the tag.
 */
import { parseArgs } from 'node:util';
import { projectRoot } from '../harness/locations';
import { withTarball } from '../harness/n8n/install/tarball';
import { checkLinks, checkPlaceholders } from '../harness/release/documents';
import { repositoryFiles } from '../harness/release/files';
import { checkContents, checkVersion } from '../harness/release/manifest';
import { scanPackage } from '../harness/release/scanner';
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
	const paths = await repositoryFiles(projectRoot);
	report('version, changelog and tag', checkVersion(projectRoot, values.publish, values.tag));
	report('placeholders', checkPlaceholders(projectRoot, paths, values.publish));
	report('links between files', checkLinks(projectRoot, paths));
	report('workflow files', await checkWorkflows(projectRoot));
	await withTarball(async ({ file, paths: packed }) => {
		report(`contents of the tarball (${packed.length} files)`, checkContents(projectRoot, packed));
		for (const { target, passed, message, details } of await scanPackage(file, console.log)) {
			report(`n8n's scanner, ${target}`, passed ? [] : [`${message} ${details}`]);
		}
	});
}

main().catch((thrown: Error) => {
	console.error(thrown.message);
	process.exitCode = 1;
});
