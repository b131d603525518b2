import { chromium, type Page } from 'playwright-core';
import { DEBIAN_PACKAGES } from '../../../harness/n8n/install/debianPackages';
import { newFolder } from '../../n8n/support/userFolders';

/** Headless and quiet: without these flags, Chromium calls home at every start. */
const FLAGS = [
	// No other host, such as the one that the editor asks about updates. Playwright's routes could do
	// this too, but they turn off the cache, and every page would load n8n's megabytes anew.
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

export interface Browser {
	page: Page;
	close(): Promise<void>;
}

export async function openBrowser(): Promise<Browser> {
	const context = await chromium.launchPersistentContext(newFolder('chromium'), {
		executablePath: DEBIAN_PACKAGES.chromium,
		headless: true,
		viewport: { width: 1440, height: 900 },
		args: FLAGS,
	});
	const page = context.pages()[0] ?? (await context.newPage());
	page.setDefaultTimeout(20_000);
	// The first page loads megabytes of scripts, and the machine may be busy.
	page.setDefaultNavigationTimeout(90_000);
	return { page, close: async () => await context.close() };
}
