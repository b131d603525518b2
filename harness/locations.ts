/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/require-node-api-error */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from './userError';

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

/**
 * Makes the folder unless it exists, and checks that this user may write to it.
 *
 * @throws UserError with the variable that chooses another folder
 */
export function makeFolder(folder: string, variable: 'XDG_CACHE_HOME' | 'XDG_DATA_HOME'): void {
	try {
		mkdirSync(folder, { recursive: true });
		accessSync(folder, constants.W_OK);
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		throw new UserError(
			`Cannot write to ${folder} (${code ?? message}). Change its permissions, or set ${variable} to a folder that you may write to.`,
		);
	}
}
