/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What stands for the package's home until it has one. docs/release.md says what replaces it. */
const PLACEHOLDER =
	/maintainers@n8n-nodes-siliconflow-image\.dev|github\.com\/n8n-nodes-siliconflow-image\//;

/** The only files that may name the package's home. */
const LISTED = [
	'package.json',
	'credentials/SiliconFlowImageApi.credentials.ts',
	'nodes/SiliconFlowImage/SiliconFlowImage.node.json',
	'CHANGELOG.md',
];

/** What authors write where something is still missing. */
const MISSING =
	/\b(TODO|FIXME|TBD|CHANGEME|XXX)\b|<\.\.\.>|\byour[-_ ](name|e?mail|org|username|repo)\b|lorem ipsum/i;

/** These files talk about placeholders. */
const ABOUT = /^(harness\/release\/|test\/package\/release)/;

/**
 * @param root folder of the project
 * @param paths files to look at, relative to the root
 * @param isPublished whether the package is published now, so that its home must be known
 * @returns what is wrong, one sentence each
 */
export function checkPlaceholders(
	root: string,
	paths: readonly string[],
	isPublished: boolean,
): string[] {
	return paths
		.filter((path) => !ABOUT.test(path) && isText(path))
		.flatMap((path) => {
			const lines = readFileSync(join(root, path), 'utf8').split('\n');
			return lines.flatMap((line, i) => {
				const isListed = LISTED.includes(path) && !isPublished;
				const found = MISSING.exec(line) ?? (isListed ? null : PLACEHOLDER.exec(line));
				return found ? [`${path}:${i + 1} has the placeholder "${found[0]}".`] : [];
			});
		});
}

const isText = (path: string) =>
	/\.(ts|js|mjs|cjs|json|md|ya?ml)$/.test(path) &&
	!/^(package-lock\.json|harness\/n8n\/install\/pinned\/)/.test(path);
