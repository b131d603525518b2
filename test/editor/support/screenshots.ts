/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../../harness/locations';

const artifacts = join(projectRoot, 'test-artifacts', 'editor');
const documentation = join(projectRoot, 'docs', 'screenshots');

/** The screenshots in the documents; updated only on request, so that a test run changes no tracked file. */
const SHOWN = /^example-/;

export function forgetScreenshots(): void {
	rmSync(artifacts, { recursive: true, force: true });
}

/** A part of the window, in pixels. */
export interface Part {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** Saves a screenshot for people to look at. UPDATE_SCREENSHOTS=1 also updates the documents'. */
export async function screenshot(page: Page, name: string, clip?: Part): Promise<void> {
	mkdirSync(artifacts, { recursive: true });
	const file = join(artifacts, `${name}.png`);
	await page.screenshot({ path: file, animations: 'disabled', clip });
	if (process.env.UPDATE_SCREENSHOTS !== '1' || !SHOWN.test(name)) return;
	mkdirSync(documentation, { recursive: true });
	copyFileSync(file, join(documentation, `${name}.png`));
}
