/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../../harness/locations';
import { run } from '../../../harness/n8n/process/processes';

/** Width of the moving image in pixels. */
const WIDTH = 960;
/** Between two frames, in milliseconds. */
const TICK_MS = 100;
/** The longest that a frame stays, because a wait for a busy machine is nothing to look at. */
const MOST_TICKS = 15;
/** How long the last frame stays. */
const LAST_TICKS = 25;

interface Frame {
	readonly png: Buffer;
	/** Milliseconds since 1970. */
	readonly at: number;
}

/** What the file shows, and for how many ticks. */
interface Sample {
	readonly png: Buffer;
	ticks: number;
}

/**
 * Saves what the page shows meanwhile as `docs/NAME.gif`. Chromium sends a frame whenever something
 * has changed, so each frame of the file stays as long as it stood.
 */
export async function record(page: Page, name: string, act: () => Promise<void>): Promise<void> {
	const frames: Frame[] = [];
	const chromium = await page.context().newCDPSession(page);
	chromium.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
		frames.push({ png: Buffer.from(data, 'base64'), at: (metadata.timestamp ?? 0) * 1000 });
		void chromium.send('Page.screencastFrameAck', { sessionId });
	});
	// Smaller frames keep the page responsive while it is recorded.
	await chromium.send('Page.startScreencast', { format: 'png', maxWidth: WIDTH });
	await act();
	await chromium.send('Page.stopScreencast');
	await encode(sampled(frames), join(projectRoot, 'docs', `${name}.gif`));
}

/** What stood at each tick, and for how many. */
function sampled(frames: readonly Frame[]): Sample[] {
	const samples: Sample[] = [];
	const [first, last] = [frames[0].at, frames[frames.length - 1].at];
	for (let at = first; at <= last + TICK_MS; at += TICK_MS) {
		const { png } = frames.filter((frame) => frame.at <= at).at(-1) ?? frames[0];
		const before = samples.at(-1);
		if (before?.png !== png) samples.push({ png, ticks: 1 });
		else if (before.ticks < MOST_TICKS) before.ticks++;
	}
	samples[samples.length - 1].ticks = LAST_TICKS;
	return samples;
}

async function encode(samples: readonly Sample[], file: string): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'recording-'));
	try {
		const parts = samples.flatMap(({ png, ticks }, position) => {
			const path = join(folder, `${position}.png`);
			writeFileSync(path, png);
			// In hundredths of a second.
			return ['-delay', String((ticks * TICK_MS) / 10), path];
		});
		const whole = join(folder, 'whole.gif');
		await command('gm', ['convert', ...parts, '-loop', '0', whole]);
		await command('gifsicle', ['-O3', '--lossy=30', '--colors', '128', whole, '-o', file]);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function command(name: string, args: string[]): Promise<void> {
	const { status, stderr } = await run(name, args);
	if (status !== 0) throw new Error(`${name} failed: ${stderr.slice(-500)}`);
}
