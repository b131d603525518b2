/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/**
 * Whether every link and image of the documents that leads into the repository resolves, headings
 * included.
 *
 * @param root folder of the project
 * @param paths all files of the repository, relative to the root
 * @returns what is wrong, one sentence each
 */
export function checkLinks(root: string, paths: readonly string[]): string[] {
	const known = new Set(paths.map((path) => normalize(path)));
	const folders = new Set(paths.flatMap((path) => parents(normalize(path))));
	const documents = paths.filter((path) => path.endsWith('.md'));
	const anchors = new Map(documents.map((path) => [normalize(path), anchorsOf(join(root, path))]));
	return documents.flatMap((document) =>
		linksOf(join(root, document)).flatMap((link) => {
			const [target, anchor] = link.split('#');
			const path = target === '' ? normalize(document) : normalize(join(dirname(document), target));
			const isKnown = known.has(path) || folders.has(path.replace(/\/$/, ''));
			if (!isKnown) return [`${document} links to ${link}, which does not exist.`];
			if (anchor === undefined || anchors.get(path)?.has(anchor)) return [];
			return [`${document} links to ${link}, but there is no such heading.`];
		}),
	);
}

/** Links without a scheme, outside code. */
function linksOf(file: string): string[] {
	const text = withoutCode(readFileSync(file, 'utf8'));
	return [...text.matchAll(/\]\(([^)\s]+)\)|<img[^>]*\ssrc="([^"]+)"/g)]
		.map(([, link, image]) => link ?? image)
		.filter((link) => !/^[a-z][a-z+.-]*:/i.test(link));
}

/** Anchors as GitHub makes them: lower case, no punctuation, hyphens for spaces, numbered if alike. */
function anchorsOf(file: string): Set<string> {
	const counts = new Map<string, number>();
	const text = withoutFences(readFileSync(file, 'utf8'));
	return new Set(
		[...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
			const anchor = heading
				.toLowerCase()
				.replace(/[^\p{L}\p{N}_ -]/gu, '')
				.replaceAll(' ', '-');
			const before = counts.get(anchor) ?? 0;
			counts.set(anchor, before + 1);
			return before === 0 ? anchor : `${anchor}-${before}`;
		}),
	);
}

const withoutFences = (text: string) => text.replace(/^( *)(```|~~~)[^]*?^\1\2/gm, '');
const withoutCode = (text: string) => withoutFences(text).replace(/`[^`\n]*`/g, '');
const parents = (path: string): string[] => {
	const folder = dirname(path);
	return folder === '.' ? ['.'] : [folder, ...parents(folder)];
};

/** What stands for the package's home and holder until it has them. docs/release.md says what replaces it. */
const PLACEHOLDER =
	/maintainers@n8n-nodes-siliconflow-image\.dev|github\.com\/n8n-nodes-siliconflow-image\/|n8n-nodes-siliconflow-image contributors/;

/** The only files that may name the package's home and holder. */
const LISTED = [
	'package.json',
	'credentials/SiliconFlowImageApi.credentials.ts',
	'nodes/SiliconFlowImage/SiliconFlowImage.node.json',
	'CHANGELOG.md',
	'LICENSE',
	'README.md',
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
	/(\.(ts|js|mjs|cjs|json|md|ya?ml)|^LICENSE)$/.test(path) &&
	!/^(package-lock\.json|harness\/n8n\/install\/pinned\/)/.test(path);
