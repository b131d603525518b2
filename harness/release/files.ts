/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { run } from '../n8n/process/processes';

/**
 * All files of the repository, relative to its root: those that git knows, or in a copy without git, such
 * as GitHub's ZIP file, those that .gitignore does not name.
 *
 * @param root folder of the project
 */
export async function repositoryFiles(root: string): Promise<string[]> {
	const { status, stdout } = await run('git', ['ls-files', '-z'], { cwd: root });
	if (status === 0 && stdout !== '') return stdout.split('\0').filter((path) => path !== '');
	const names = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
	const ignored = new Set(['.git', ...names.filter((name) => name !== '')]);
	const endings = [...ignored].filter((name) => name.startsWith('*')).map((name) => name.slice(1));
	const filesIn = (folder: string): string[] =>
		readdirSync(folder, { withFileTypes: true })
			.filter(({ name }) => !ignored.has(name) && !endings.some((ending) => name.endsWith(ending)))
			.flatMap((entry) => {
				const path = join(folder, entry.name);
				return entry.isDirectory() ? filesIn(path) : [relative(root, path).split(sep).join('/')];
			});
	return filesIn(root).sort();
}
