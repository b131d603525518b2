/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The user who logs in; created when n8n starts. */
export interface Owner {
	email: string;
	password: string;
}

/**
 * The login of a user folder. The password is random and kept in the folder, because any program on
 * this machine can reach n8n, which may hold a real API key.
 */
export function ownerOf(userFolder: string): Owner {
	const file = join(userFolder, 'owner.json');
	if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Owner;
	const password = `Try-${randomBytes(6).toString('hex')}`;
	const owner = { email: 'you@example.com', password };
	writeFileSync(file, JSON.stringify(owner), { mode: 0o600 });
	return owner;
}
