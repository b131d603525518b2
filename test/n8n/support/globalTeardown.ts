/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { rmSync } from 'node:fs';
import { TEMPORARY } from './userFolders';

export default async function tearDown(): Promise<void> {
	const folder = process.env[TEMPORARY];
	if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
