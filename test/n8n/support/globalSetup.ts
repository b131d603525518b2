/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireDebianPackages } from '../../../harness/n8n/install/debianPackages';
import { CURRENT, OLDER, prepareHost } from '../../../harness/n8n/install/hosts';
import { packTarball } from '../../../harness/n8n/install/tarball';
import { installPackages } from '../../../harness/n8n/instance/userFolder';
import { TEMPLATE, TEMPORARY } from './userFolders';

const say = (line: string) => console.log(line);

/** Installs what is missing on the machine and packs the package, once for all test files. */
export default async function setUp(): Promise<void> {
	await requireDebianPackages(['redis-server', 'postgresql', 'graphicsmagick'], say);
	await prepareHost(CURRENT, say);
	await prepareHost(OLDER, say);
	await packForAll();
}

/** A template of an n8n user folder with the packed package, named in the environment. */
export async function packForAll(): Promise<void> {
	const temporary = mkdtempSync(join(tmpdir(), 'siliconflow-n8n-'));
	process.env[TEMPORARY] = temporary;
	// PostgreSQL runs as another user and must be able to reach its folder inside.
	chmodSync(temporary, 0o711);
	const template = join(temporary, 'template');
	mkdirSync(template);
	const { file } = await packTarball(temporary);
	await installPackages(template, [file]);
	process.env[TEMPLATE] = template;
}
