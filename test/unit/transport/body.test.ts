/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { Readable } from 'node:stream';
import {
	Deadline,
	readBeginning,
	readBody,
	type BodyStream,
} from '../../../nodes/SiliconFlowImage/transport/body';
const MB = 1024 * 1024;
const LONG_MS = 600_000;

/** A stream in pieces of 64 kB, as Node's sockets give them, which counts what was read of it. */
function streamOf(text: string | Buffer, pieceBytes = 64 * 1024) {
	const bytes = Buffer.from(text);
	let read = 0;
	const stream = Readable.from(
		(function* () {
			for (let start = 0; start < bytes.length; start += pieceBytes) {
				read = Math.min(bytes.length, start + pieceBytes);
				yield bytes.subarray(start, start + pieceBytes);
			}
		})(),
		{ objectMode: false, highWaterMark: pieceBytes },
	);
	return {
		body: { stream: stream as unknown as BodyStream },
		isDestroyed: () => stream.destroyed,
		read: () => read,
	};
}

const asJson = { maxMegabytes: 16, isJson: true } as const;
const tooMany = { kind: 'tooLarge', limit: '50000 values' };

describe('A body within its limits is read to its end', () => {
	it.each([
		['nothing', ''],
		['one piece', 'abc'],
		['several pieces', 'abc'.repeat(100_000)],
	])('%s', async (_name, text) => {
		const read = await readBody(streamOf(text).body, { maxMegabytes: 1 }, new Deadline(LONG_MS));

		expect(String(read)).toBe(text);
	});

	it.each([0, 1, 299_999, 300_000, 300_001, MB])(
		'of 300000 bytes, whatever its length is said to be: %d',
		async (announced) => {
			const text = 'abc'.repeat(100_000);
			const { body } = streamOf(text);
			const read = await readBody(
				{ ...body, announced },
				{ maxMegabytes: 1 },
				new Deadline(LONG_MS),
			);

			expect(String(read)).toBe(text);
		},
	);

	it('exactly as large as it may be', async () => {
		const { body } = streamOf('x'.repeat(MB));

		expect(await readBody(body, { maxMegabytes: 1 }, new Deadline(LONG_MS))).toHaveLength(MB);
	});

	it.each([
		['an image of 12 MB in base64', `{"b64_json":"${'iVBO'.repeat(4 * MB - 100)}"}`],
		['50000 values', `[${'0,'.repeat(49_999)}0]`],
	])('as JSON: %s', async (_name, text) => {
		const read = await readBody(streamOf(text).body, asJson, new Deadline(LONG_MS));

		expect(read).toHaveLength(text.length);
	});
});

describe('Reading ends as soon as a body is beyond its limits', () => {
	it('in bytes', async () => {
		const { body, read, isDestroyed } = streamOf('x'.repeat(3 * MB));

		expect(await readBody(body, { maxMegabytes: 1 }, new Deadline(LONG_MS))).toStrictEqual({
			kind: 'tooLarge',
			limit: '1 MB',
		});
		expect(isDestroyed()).toBe(true);
		expect(read()).toBeLessThan(1.5 * MB);
	});

	it.each([
		['objects', '{},'],
		['lists in lists', '['],
		['numbers', '0,'],
		['names', '"a":'],
		['characters outside ASCII', 'é'],
	])('in values: %s', async (_name, unit) => {
		const { body, read, isDestroyed } = streamOf(unit.repeat(MB));

		expect(await readBody(body, asJson, new Deadline(LONG_MS))).toStrictEqual(tooMany);
		expect(isDestroyed()).toBe(true);
		expect(read()).toBeLessThan(MB / 2);
	});

	it('before anything is read, if its length says so', async () => {
		const { body, read, isDestroyed } = streamOf('x');
		const announced = MB + 1;

		expect(
			await readBody({ ...body, announced }, { maxMegabytes: 1 }, new Deadline(LONG_MS)),
		).toStrictEqual({ kind: 'tooLarge', limit: '1 MB', announced });
		expect(isDestroyed()).toBe(true);
		expect(read()).toBe(0);
	});

	it('when what came is enough', async () => {
		const { body, read, isDestroyed } = streamOf('x'.repeat(MB));
		const isEnough = ({ length }: Buffer) => length >= 100_000;

		expect(await readBody(body, { maxMegabytes: 1 }, new Deadline(LONG_MS), isEnough)).toHaveLength(
			128 * 1024,
		);
		expect(isDestroyed()).toBe(true);
		expect(read()).toBeLessThan(MB / 2);
	});

	it('at the deadline, even if the stream does not know of it', async () => {
		const cancel = new AbortController();
		cancel.abort();
		const { body, isDestroyed } = streamOf('x'.repeat(MB));

		expect(await readBody(body, asJson, new Deadline(LONG_MS, cancel.signal))).toStrictEqual({
			kind: 'cancelled',
		});
		expect(isDestroyed()).toBe(true);
	});
});

describe('Of a refusal the beginning is read', () => {
	it('and no more', async () => {
		const { body, read, isDestroyed } = streamOf('x'.repeat(MB));

		expect(await readBeginning(body, 1000, new Deadline(LONG_MS))).toHaveLength(1000);
		expect(isDestroyed()).toBe(true);
		expect(read()).toBeLessThan(MB / 2);
	});

	it('up to where it breaks', async () => {
		const broken = Readable.from(
			(async function* () {
				yield Buffer.from('half');
				throw Object.assign(new Error('gone'), { code: 'ECONNRESET' });
			})(),
		) as unknown as BodyStream;

		expect(String(await readBeginning({ stream: broken }, 1000, new Deadline(LONG_MS)))).toBe(
			'half',
		);
	});

	it('but not after a cancel', async () => {
		const { body } = streamOf('x');

		expect(
			await readBeginning(body, 1000, new Deadline(LONG_MS, AbortSignal.abort())),
		).toStrictEqual({ kind: 'cancelled' });
	});
});
