// Must run before n8n-core is loaded, because @n8n/config reads the environment once.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const folder = mkdtempSync(join(process.env.TEST_RUN_FOLDER ?? tmpdir(), 'n8n-'));
// In jest, the global teardown removes the folder.
if (!process.env.TEST_RUN_FOLDER) {
	process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}

process.env.N8N_USER_FOLDER = folder;
process.env.N8N_ENCRYPTION_KEY = 'only-for-tests';
process.env.N8N_DEFAULT_BINARY_DATA_MODE ??= 'filesystem';
process.env.N8N_LOG_LEVEL = 'silent';
process.env.N8N_DIAGNOSTICS_ENABLED = 'false';
