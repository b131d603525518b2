/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { Readable } from 'node:stream';
import { sleep } from 'n8n-workflow';
import { decodeBase64, takeOutLongTexts } from '../nodes/SiliconFlowImage/contract/longTexts';
import { readImagesReply, saysError } from '../nodes/SiliconFlowImage/contract/response';
import { fileName } from '../nodes/SiliconFlowImage/execution/fileNames';
import { Deadline, readBody, type BodyStream } from '../nodes/SiliconFlowImage/transport/body';
import { MAX_TEXT_MEGABYTES, REPLY_LIMITS } from '../nodes/SiliconFlowImage/transport/postImages';
import type { Measured } from './time';

const MB = 1024 * 1024;
const TARGET_MS = 100;
const SOURCE = { requestUrl: 'https://gateway.example/v1/images/generations' };

function list(count: number, entry: (name: string) => string): string {
	return Array.from({ length: count }, (_, i) => entry(i.toString(36))).join(',');
}

/** A text made of as many copies of a unit as fit. */
const fill = (bytes: number, unit: string) => unit.repeat(Math.floor(bytes / unit.length));

/** Replies that are slow to read, by what makes them slow; each as large as the limits let it be. */
type Worst = Readonly<Record<string, (bytes: number) => string>>;

/** A little less than is let in: of all that is read as text, and of all with images. */
const LARGEST_TEXT = MAX_TEXT_MEGABYTES * MB - 1000;
const LARGEST = REPLY_LIMITS.maxMegabytes * MB - 1000;

/** What the limit of values lets in, in a reply of so many bytes. */
const count = (most: number, bytes: number) => Math.floor((most * bytes) / LARGEST_TEXT);

/** The longest text that is not taken out. */
const TEXT_CHARACTERS = 65_000;

const JSON_REPLIES: Worst = {
	'lists in lists': (bytes) => '['.repeat(count(49_000, bytes)) + ']'.repeat(count(49_000, bytes)),
	'objects of different shapes': (bytes) =>
		`[${list(count(16_000, bytes), (name) => `{"${name}":0}`)}]`,
	names: (bytes) => `{${list(count(24_000, bytes), (name) => `"${name}":0`)}}`,
	'long names': (bytes) =>
		`{${list(count(14_000, bytes), (name) => `"${name}${'k'.repeat(1000)}":0`)}}`,
	'long numbers': (bytes) => `[${list(count(30_000, bytes), () => `1.${'7'.repeat(500)}e-300`)}]`,
	'one number': (bytes) => `[${fill(bytes - 10, '1')}]`,
	texts: (bytes) =>
		`[${list(bytes / (TEXT_CHARACTERS + 3), () => `"${'a'.repeat(TEXT_CHARACTERS)}"`)}]`,
	escapes: (bytes) =>
		`[${list(bytes / (TEXT_CHARACTERS + 3), () => `"${fill(TEXT_CHARACTERS, '\\n')}"`)}]`,
	blanks: (bytes) => fill(bytes, ' '),
};

const STREAMS: Worst = {
	'empty lines': (bytes) => `data: {}${fill(bytes - 20, '\n')}data: {}`,
	'empty events': (bytes) => fill(count(49_000, bytes) * 7, 'data:\n\n'),
	'events that are no JSON': (bytes) => fill(count(24_000, bytes) * 9, 'data: {\n\n'),
	'one event of many lines': (bytes) =>
		fill(count(27_000, bytes) * 600, `data:${'1'.repeat(594)}\n`),
	'data inside of lines': (bytes) => fill(count(27_000, bytes) * 600, `data:${'x'.repeat(595)}`),
	'one line': (bytes) => `data: ${fill(bytes - 10, 'x')}`,
};

const BASE64 = 'iVBORw0KGgoAAAANSUhEUgAAAAAA';

/** Quotes that are no texts are looked at until there are too many of them. */
const WITH_IMAGES: Worst = {
	'one image': (bytes) => `{"data":[{"b64_json":"${fill(bytes - 100, BASE64)}"}]}`,
	'four images': (bytes) =>
		`{"data":[${list(4, () => `{"b64_json":"${fill(bytes / 4 - 50, BASE64)}"}`)}]}`,
	'an image in an event': (bytes) => `data: {}\n\ndata: {"url":"${fill(bytes - 100, BASE64)}"}\n\n`,
	'an image with escapes': (bytes) =>
		`["${fill(bytes - 100, `${BASE64}${BASE64}${BASE64}\\r\\n\\/`)}"]`,
	'an image behind backslashes': (bytes) => `["${fill(bytes - 100, '\\\\')}"]`,
};

interface Block {
	readonly name: string;
	readonly ms: number;
}

/** The longest of some blocks, each the best of five, in which the machine did nothing else. */
function longest(blocks: ReadonlyArray<readonly [name: string, work: () => unknown]>): Block {
	return blocks
		.map(([name, work]) => {
			const times = [1, 2, 3, 4, 5].map(() => {
				const start = performance.now();
				work();
				return performance.now() - start;
			});
			return { name, ms: Math.min(...times) };
		})
		.reduce((one, other) => (other.ms > one.ms ? other : one));
}

/** Reads each of the replies through the limits, and says which blocked the event loop longest. */
async function worstOf(replies: Worst, bytes: number): Promise<Block> {
	let worst = { name: '', ms: 0 };
	for (const [name, make] of Object.entries(replies)) {
		const stream = Readable.from([Buffer.from(make(bytes))], { objectMode: false });
		const body = { stream: stream as unknown as BodyStream };
		const reply = await readBody(body, REPLY_LIMITS, new Deadline(60_000));
		if (!Buffer.isBuffer(reply)) throw new Error(`"${name}" is not let in`);
		const read = () => {
			const { bytes: rest, longTexts } = takeOutLongTexts(reply);
			return readImagesReply(rest.toString('utf8'), { ...SOURCE, longTexts });
		};
		const found = longest([[name, read]]);
		if (found.ms > worst.ms) worst = found;
	}
	return worst;
}

function row(name: string, [all, half, quarter]: readonly Block[]): Measured {
	const shown = ({ ms }: Block) => ms.toFixed(all.ms < 10 ? 1 : 0);
	return {
		name: `block by ${name}`,
		node: `${shown(all)} ms (${all.name})`,
		floor: '-',
		result: `${shown(quarter)}, ${shown(half)}, ${shown(all)} ms for a quarter, half, all`,
		target: `<= ${TARGET_MS} ms`,
		met: all.ms <= TARGET_MS,
	};
}

const SHARES = [1, 1 / 2, 1 / 4];

/**
 * How long the worst of what is let in blocks the event loop, for each thing that is read from outside,
 * and the same for a half and a quarter of it.
 */
export async function measureParsing(): Promise<Measured[]> {
	const rows: Measured[] = [];
	const replies: ReadonlyArray<readonly [string, Worst, number]> = [
		['reading a reply of JSON', JSON_REPLIES, LARGEST_TEXT],
		['reading an event stream', STREAMS, LARGEST_TEXT],
		['reading a reply with images', WITH_IMAGES, LARGEST],
	];
	for (const [name, worst, bytes] of replies) {
		const blocks: Block[] = [];
		for (const share of SHARES) blocks.push(await worstOf(worst, bytes * share));
		rows.push(row(name, blocks));
	}
	const decoding: Block[] = [];
	for (const share of SHARES) decoding.push(await decodingBlock(share));
	rows.push(row('decoding an image of a reply', decoding));
	const others: Record<string, (share: number) => Block> = {
		'reading why a reply has no image': (share) =>
			longest(
				Object.entries({ ...JSON_REPLIES, ...STREAMS }).map(([name, make]) => {
					const text = make(LARGEST_TEXT * share);
					return [name, () => saysError(text)] as const;
				}),
			),
		'a file name of 12 MB': (share) =>
			longest(
				['a', ' ', '.', '<', '\0', 'e\u0301', '\u72d0'].map((unit) => {
					const asked = `f${fill(12 * MB * share, unit)}g`;
					return [JSON.stringify(unit), () => fileName(asked, 7, 'png')] as const;
				}),
			),
		'a link of 8192 characters': (share) =>
			longest(
				['/', '../', 'a b', '%', '\\', '?', '\u72d0'].map((unit) => {
					const url = `/${fill(8_000 * share, unit)}.png`;
					const text = JSON.stringify({ images: [{ url }] });
					return [JSON.stringify(unit), () => readImagesReply(text, SOURCE)] as const;
				}),
			),
	};
	for (const [name, measure] of Object.entries(others)) rows.push(row(name, SHARES.map(measure)));
	return rows;
}

/** The longest time between two turns of others. */
async function decodingBlock(share: number): Promise<Block> {
	const base64 = Buffer.from(fill(LARGEST * share, `${BASE64}\\r\\n\\/\\u002b`));
	let ms = Infinity;
	for (let i = 0; i < 3; i++) {
		let longestMs = 0;
		let start = performance.now();
		await decodeBase64(base64, async () => {
			longestMs = Math.max(longestMs, performance.now() - start);
			await sleep(0);
			start = performance.now();
		});
		ms = Math.min(ms, longestMs);
	}
	return { name: 'with escapes', ms };
}
