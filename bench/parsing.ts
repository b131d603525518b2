/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { Readable } from 'node:stream';
import { readImagesReply, saysError } from '../nodes/SiliconFlowImage/contract/response';
import { fileName } from '../nodes/SiliconFlowImage/execution/fileNames';
import { Deadline, readBody, type BodyStream } from '../nodes/SiliconFlowImage/transport/body';
import { asImage } from '../nodes/SiliconFlowImage/transport/download';
import { REPLY_LIMITS } from '../nodes/SiliconFlowImage/transport/postImages';
import type { Measured } from './time';

const MB = 1024 * 1024;
const TARGET_MS = 100;
const REQUEST_URL = 'https://gateway.example/v1/images/generations';

function list(count: number, entry: (name: string) => string): string {
	return Array.from({ length: count }, (_, i) => entry(i.toString(36))).join(',');
}

/** A text made of as many copies of a unit as fit. */
const fill = (bytes: number, unit: string) => unit.repeat(Math.floor(bytes / unit.length));

/** Replies that are slow to read, by what makes them slow, and as large as they may be. */
type Worst = Readonly<Record<string, (bytes: number) => string>>;

const JSON_REPLIES: Worst = {
	'images in base64': (bytes) => {
		const image = `{"b64_json":"${fill(bytes / 4 - 50, 'iVBORw0KGgoAAAANSUhEUgAAAAAA')}"}`;
		return `{"data":[${[1, 2, 3, 4].map(() => image).join(',')}]}`;
	},
	'images in base64 with escapes': (bytes) =>
		`["${fill(bytes - 100, `${'iVBORw0KGg'.repeat(7)}oAAAAN\\r\\n`)}"]`,
	'lists in lists': (bytes) => {
		const depth = Math.floor((50_000 * bytes) / LARGEST);
		return `${'['.repeat(depth)}${']'.repeat(depth)}`;
	},
	'objects of different shapes': (bytes) =>
		`[${list((16_000 * bytes) / LARGEST, (name) => `{"${name}":0}`)}]`,
	names: (bytes) => `{${list((24_000 * bytes) / LARGEST, (name) => `"${name}":0`)}}`,
	'long names': (bytes) =>
		`{${list((24_000 * bytes) / LARGEST, (name) => `"${name}${'k'.repeat(1200)}":0`)}}`,
	'long numbers': (bytes) =>
		`[${list((45_000 * bytes) / LARGEST, () => `1.${'7'.repeat(600)}e-300`)}]`,
	'one number': (bytes) => `[${fill(bytes, '1')}]`,
	'one text': (bytes) => `["${fill(bytes, 'a')}"]`,
	escapes: (bytes) => `["${fill((1_900_000 * 6 * bytes) / LARGEST, '\\u4e2d')}"]`,
	blanks: (bytes) => fill(bytes, ' '),
};

const STREAMS: Worst = {
	'an image in an event': (bytes) =>
		`data: {}\n\ndata: {"b64_json":"${fill(bytes - 100, 'iVBORw0KGgoAAAANSUhEUgAAAAAA')}"}\n\n`,
	'empty lines': (bytes) => `data: {}${fill(bytes - 20, '\n')}data: {}`,
	'empty events': (bytes) => fill((49_000 * 7 * bytes) / LARGEST, 'data:\n\n'),
	'events that are no JSON': (bytes) => fill((24_000 * 9 * bytes) / LARGEST, 'data: {\n\n'),
	'one event of many lines': (bytes) =>
		fill((49_000 * 600 * bytes) / LARGEST, `data:${'1'.repeat(594)}\n`),
	'data inside of lines': (bytes) =>
		fill((49_000 * 600 * bytes) / LARGEST, `data:${'x'.repeat(595)}`),
	'one line': (bytes) => `data: ${fill(bytes - 10, 'x')}`,
};

/** A little less than is let in. */
const LARGEST = REPLY_LIMITS.maxMegabytes * MB - 1000;

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
async function worstOf(replies: Worst, bytes: number): Promise<{ text: Block; read: Block }> {
	let worst = { text: { name: '', ms: 0 }, read: { name: '', ms: 0 } };
	for (const [name, make] of Object.entries(replies)) {
		const stream = Readable.from([Buffer.from(make(bytes))], { objectMode: false });
		const body = { stream: stream as unknown as BodyStream };
		const read = await readBody(body, REPLY_LIMITS, new Deadline(60_000));
		if (!Buffer.isBuffer(read)) throw new Error(`"${name}" is not let in`);
		const text = read.toString('utf8');
		const found = {
			text: longest([[name, () => read.toString('utf8')]]),
			read: longest([[name, () => readImagesReply(text, REQUEST_URL)]]),
		};
		worst = {
			text: found.text.ms > worst.text.ms ? found.text : worst.text,
			read: found.read.ms > worst.read.ms ? found.read : worst.read,
		};
	}
	return worst;
}

function row(name: string, { name: worst, ms }: Block, half: Block, quarter: Block): Measured {
	const shown = ({ ms: each }: Block) => each.toFixed(ms < 10 ? 1 : 0);
	return {
		name,
		node: `${shown({ name, ms })} ms (${worst})`,
		floor: '-',
		result: `${shown(quarter)}, ${shown(half)}, ${shown({ name, ms })} ms for a quarter, half, all`,
		target: `<= ${TARGET_MS} ms`,
		met: ms <= TARGET_MS,
	};
}

/**
 * How long the worst of what is let in blocks the event loop, for each thing that is read from outside,
 * and the same for a half and a quarter of it. Making a text of a reply and reading it are two blocks,
 * between which others have a turn.
 */
export async function measureParsing(): Promise<Measured[]> {
	const sizes = [LARGEST, LARGEST / 2, LARGEST / 4];
	const rows: Measured[] = [];
	for (const [kind, replies] of Object.entries({ 'of JSON': JSON_REPLIES, 'of events': STREAMS })) {
		const found: Array<Awaited<ReturnType<typeof worstOf>>> = [];
		for (const bytes of sizes) found.push(await worstOf(replies, bytes));
		const [all, half, quarter] = found;
		rows.push(
			row(`block by making a text of a reply ${kind}`, all.text, half.text, quarter.text),
			row(`block by reading a reply ${kind}`, all.read, half.read, quarter.read),
		);
	}
	const others: Record<string, (share: number) => ReturnType<typeof longest>> = {
		'block by reading why a reply has no image': (share) =>
			longest(
				Object.entries({ ...JSON_REPLIES, ...STREAMS }).map(([name, make]) => {
					const text = make(LARGEST * share);
					return [name, () => saysError(text)] as const;
				}),
			),
		'block by decoding an image of a reply': (share) => {
			const base64 = Buffer.alloc(24 * MB * share, 'image').toString('base64');
			return longest([['24 MB', () => asImage(Buffer.from(base64, 'base64'))]]);
		},
		'block by a file name of 12 MB': (share) =>
			longest(
				['a', ' ', '.', '<', '\0', 'e\u0301', '\u72d0'].map((unit) => {
					const asked = `f${fill(12 * MB * share, unit)}g`;
					return [JSON.stringify(unit), () => fileName(asked, 7, 'png')] as const;
				}),
			),
		'block by a link of 8192 characters': (share) =>
			longest(
				['/', '../', 'a b', '%', '\\', '?', '\u72d0'].map((unit) => {
					const url = `/${fill(8_000 * share, unit)}.png`;
					const text = JSON.stringify({ images: [{ url }] });
					return [JSON.stringify(unit), () => readImagesReply(text, REQUEST_URL)] as const;
				}),
			),
	};
	for (const [name, measure] of Object.entries(others)) {
		rows.push(row(name, measure(1), measure(1 / 2), measure(1 / 4)));
	}
	return rows;
}
