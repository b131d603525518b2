/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/* eslint-disable no-console */
import { requireDebianPackages } from '../../../harness/n8n/install/debianPackages';
import { CURRENT, prepareHost } from '../../../harness/n8n/install/hosts';
import { packForAll } from '../../n8n/support/globalSetup';
import { forgetScreenshots } from './screenshots';

const say = (line: string) => console.log(line);

export default async function setUp(): Promise<void> {
	await requireDebianPackages(['chromium'], say);
	if (process.env.UPDATE_SCREENSHOTS === '1') {
		await requireDebianPackages(['gifsicle', 'graphicsmagick'], say);
	}
	await prepareHost(CURRENT, say);
	await packForAll();
	forgetScreenshots();
}
