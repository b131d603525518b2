/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** Set by the global setup: the folder of the run, and a user folder with the package installed. */
export const TEMPORARY = 'SILICONFLOW_TEST_FOLDER';
export const TEMPLATE = 'SILICONFLOW_TEST_TEMPLATE';

function fromSetUp(variable: string): string {
	const value = process.env[variable];
	if (value === undefined) throw new Error(`${variable} is not set: the global set-up did not run`);
	return value;
}

/** A new empty folder, removed at the end of the run. */
export const newFolder = (name: string) => mkdtempSync(join(fromSetUp(TEMPORARY), `${name}-`));

/** A new n8n user folder with the packed package installed. */
export function newUserFolder(name = 'n8n'): string {
	const folder = newFolder(name);
	cpSync(fromSetUp(TEMPLATE), folder, { recursive: true });
	return folder;
}
