/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { Readable } from 'node:stream';
import { Deadline, readBody, type BodyStream } from '../nodes/SiliconFlowImage/transport/body';
import type { Measured } from './time';

const MB = 1024 * 1024;
const MAX_MEGABYTES = 16;
const LARGEST = MAX_MEGABYTES * MB - 100;
const TARGET_MS = 100;

function list(count: number, entry: (name: string) => string): string {
	return Array.from({ length: count }, (_, i) => entry(i.toString(36))).join(',');
}

/** The worst JSON that the limits of a reply let in, by what makes it slow. */
const WORST: Readonly<Record<string, () => string>> = {
	'lists in lists': () => `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
	'objects of different shapes': () => `[${list(16_000, (name) => `{"${name}":0}`)}]`,
	names: () => `{${list(24_000, (name) => `"${name}":0`)}}`,
	'long names': () => `{${list(14_000, (name) => `"${name}${'k'.repeat(1000)}":0`)}}`,
	'long numbers': () => `[${list(30_000, () => `1.${'7'.repeat(500)}e-300`)}]`,
	'one number': () => `[${'1'.repeat(LARGEST)}]`,
	'one text': () => `["${'a'.repeat(LARGEST)}"]`,
	escapes: () => `["${'\\u4e2d'.repeat(LARGEST / 6)}"]`,
	blanks: () => ' '.repeat(LARGEST),
};

/** How long the worst reply that is let in blocks the event loop while it is parsed; best of five. */
export async function measureParsing(): Promise<Measured> {
	let worst = { name: '', ms: 0 };
	for (const [name, text] of Object.entries(WORST)) {
		const stream = Readable.from([Buffer.from(text())], { objectMode: false });
		const limits = { maxMegabytes: MAX_MEGABYTES, isJson: true } as const;
		const body = { stream: stream as unknown as BodyStream };
		const read = await readBody(body, limits, new Deadline(60_000));
		if (!Buffer.isBuffer(read)) throw new Error(`"${name}" is not let in`);
		const times = [1, 2, 3, 4, 5].map(() => {
			const start = performance.now();
			try {
				JSON.parse(read.toString());
			} catch {
				// Blanks alone are no JSON.
			}
			return performance.now() - start;
		});
		if (Math.min(...times) > worst.ms) worst = { name, ms: Math.min(...times) };
	}
	return {
		name: 'longest block of the event loop by parsing a reply that is let in',
		node: `${worst.ms.toFixed(0)} ms (${worst.name})`,
		floor: '-',
		result: `${worst.ms.toFixed(0)} ms`,
		target: `<= ${TARGET_MS} ms`,
		met: worst.ms <= TARGET_MS,
	};
}
