/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { holderOf, tryLock } from '../lock';
import { dataRoot, makeFolder } from '../locations';
import { UserError } from '../userError';

/**
 * The n8n user folder of `npm start`, which this process alone uses from now on. Only its owner can
 * read it, because it holds the database and the images.
 *
 * @throws UserError when another process uses it, or it cannot be written to
 */
export function openDataFolder(): string {
	const folder = join(dataRoot(), 'n8n');
	makeFolder(folder, 'XDG_DATA_HOME');
	chmodSync(folder, 0o700);
	const lock = join(folder, 'start.lock');
	if (tryLock(lock)) return folder;
	throw new UserError(
		`npm start already runs with the data in ${folder} (process ${holderOf(lock) ?? 'unknown'}). Stop it first, or start with other data and any free port: XDG_DATA_HOME="$HOME/other-n8n" N8N_PORT=0 npm start`,
	);
}
