/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Folders outside the clone, shared by all clones and CI runs. */

const PROJECT = 'n8n-nodes-siliconflow-image';

/** XDG Base Directory rule: a relative path in the variable is invalid and must be ignored. */
function xdg(variable: string, ...fallback: string[]): string {
	const folder = process.env[variable];
	const base = folder && isAbsolute(folder) ? folder : join(homedir(), ...fallback);
	return join(base, PROJECT);
}

/** Installations, which can be recreated at any time. */
export const cacheRoot = () => xdg('XDG_CACHE_HOME', '.cache');

/** The user's workflows and credentials. */
export const dataRoot = () => xdg('XDG_DATA_HOME', '.local', 'share');

export const projectRoot = resolve(__dirname, '..');
