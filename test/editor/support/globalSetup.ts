/* eslint-disable no-console */
import { requireDebianPackages } from '../../../scripts/n8n/apt';
import { CURRENT, prepareHost } from '../../../scripts/n8n/hosts';
import { packForAll } from '../../n8n/support/globalSetup';
import { forgetScreenshots } from './screenshots';

const say = (line: string) => console.log(line);

export default async function setUp(): Promise<void> {
	await requireDebianPackages(['chromium'], say);
	await prepareHost(CURRENT, say);
	await packForAll();
	forgetScreenshots();
}
