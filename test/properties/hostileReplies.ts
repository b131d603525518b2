/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { hostileText, mutated } from './hostileJson';

/** Replies that no honest service sends, as the bytes on the wire. */
export interface HostileReply {
	readonly bytes: Buffer;
	/** In how many pieces they come, and how long after each other. */
	readonly pieces: number;
	readonly everyMs: number;
	readonly end: 'close' | 'reset' | 'stall';
	/** What it is, for the message of a test that fails. */
	readonly name: string;
}

const MB = 1024 * 1024;
const often = <T>(common: T, rare: fc.Arbitrary<T>, weight = 3): fc.Arbitrary<T> =>
	fc.oneof({ weight, arbitrary: fc.constant(common) }, { weight: 1, arbitrary: rare });

const statuses = fc.oneof(
	{ weight: 6, arbitrary: fc.constant(200) },
	{ weight: 2, arbitrary: fc.constantFrom(201, 204, 205, 206, 299) },
	{ weight: 2, arbitrary: fc.constantFrom(300, 301, 302, 303, 304, 307, 308, 399) },
	{ weight: 2, arbitrary: fc.constantFrom(400, 401, 402, 403, 404, 408, 418, 429, 451, 499) },
	{ weight: 2, arbitrary: fc.constantFrom(500, 502, 503, 504, 599) },
	{ weight: 1, arbitrary: fc.constantFrom(100, 102, 199, 600, 999, 0) },
);

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n';

/** Replies of 1xx that come before the real one. After a 101, Node waits for the timeout. */
const interims = (mayStall: boolean) =>
	often(
		'',
		fc.constantFrom(
			'HTTP/1.1 100 Continue\r\n\r\n',
			'HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n',
			'HTTP/1.1 102 Processing\r\n\r\n'.repeat(50),
			...(mayStall ? [SWITCH] : []),
		),
		12,
	);

const types = fc.constantFrom(
	'application/json',
	'application/json; charset=utf-16',
	'application/json; charset=none',
	'text/html',
	'image/png',
	'image/svg+xml',
	'multipart/form-data; boundary=x',
	'text/event-stream',
	`${'a'.repeat(300)}/${'b'.repeat(300)}`,
	'<b>/</b>',
);

const headers = (key: string) =>
	fc.array(
		fc.oneof(
			types.map((type) => `content-type: ${type}`),
			fc
				.constantFrom(
					'/moved',
					'',
					'//',
					'http://[',
					'javascript:alert(1)',
					'file:///etc/passwd',
					'data:image/png;base64,AAAA',
					`/${'x'.repeat(9000)}`,
					'\xff\xfe',
					'http://127.0.0.1:1/',
					'http://user:pass@127.0.0.1:1/',
				)
				.map((target) => `location: ${target}`),
			fc
				.constantFrom('0', '-1', '1e9', 'soon', '99999999999999999999', 'Wed, 21 Oct 2015')
				.map((after) => `retry-after: ${after}`),
			fc
				.constantFrom(key, '<img src=x>', 'x'.repeat(5000), '\xe2\x80\xae', 'a\tb')
				.map((id) => `x-siliconcloud-trace-id: ${id}`),
			fc.constantFrom(
				'content-length: 5',
				'content-length: 99999999999',
				'content-length: -1',
				'content-length: 1, 2',
				'transfer-encoding: gzip, chunked',
				'transfer-encoding: identity',
				'connection: upgrade',
				'set-cookie: a=b',
				'no colon',
				'broken\x00: x',
				`long: ${'x'.repeat(20_000)}`,
				'__proto__: x',
				'constructor: x',
				'content-disposition: attachment; filename="../../x"',
			),
		),
		{ maxLength: 3 },
	);

const bombs = [
	gzipSync(Buffer.alloc(80 * MB)),
	gzipSync(Buffer.from('['.repeat(20 * MB))),
	gzipSync(Buffer.from(`{"images":[${'{},'.repeat(6 * MB)}{}]}`)),
	gzipSync(Buffer.from(`{"data":"${'A'.repeat(30 * MB)}"}`)),
];

/** The body in an encoding that it claims to have, whether it is true or not. */
const encodings = often<{ header?: string; encode: (body: Buffer) => Buffer }>(
	{ encode: (body) => body },
	fc.oneof(
		fc.constantFrom(
			{ header: 'gzip', encode: (body: Buffer) => gzipSync(body) },
			{ header: 'br', encode: (body: Buffer) => brotliCompressSync(body) },
			{ header: 'deflate', encode: (body: Buffer) => deflateSync(body) },
			{ header: 'gzip', encode: (body: Buffer) => gzipSync(gzipSync(body)) },
			{ header: 'gzip, gzip', encode: (body: Buffer) => gzipSync(gzipSync(body)) },
			{ header: 'zstd', encode: (body: Buffer) => body },
			{ header: 'nonsense', encode: (body: Buffer) => body },
		),
		// Broken: not encoded at all, cut, or changed in the middle.
		fc
			.tuple(fc.constantFrom('gzip', 'br', 'deflate'), fc.nat(3), fc.nat(200))
			.map(([header, how, at]) => ({
				header,
				encode: (body: Buffer) => {
					const bytes = header === 'br' ? brotliCompressSync(body) : gzipSync(body);
					if (how === 0) return body;
					if (how === 1) return bytes.subarray(0, at % (bytes.length + 1));
					bytes[at % bytes.length] ^= 0xff;
					return how === 2 ? bytes : Buffer.concat([bytes, body]);
				},
			})),
		fc.constantFrom(...bombs).map((bomb) => ({ header: 'gzip', encode: () => bomb })),
	),
	5,
);

/** How the end of the body is told. */
const framings = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.constant((body: Buffer) => ({
			header: `content-length: ${body.length}`,
			framed: body,
		})),
	},
	{
		weight: 1,
		arbitrary: fc.constantFrom(-5, -1, 1, 1000, 60 * MB).map((more) => (body: Buffer) => ({
			header: `content-length: ${Math.max(0, body.length + more)}`,
			framed: body,
		})),
	},
	{ weight: 1, arbitrary: fc.constant((framed: Buffer) => ({ framed, header: 'x-until: close' })) },
	{
		weight: 3,
		arbitrary: fc
			.tuple(
				fc.integer({ min: 1, max: 5000 }),
				fc.constantFrom('0\r\n\r\n', '', '0\r\n', 'zz\r\n', 'ffffffffff\r\n', '-1\r\n'),
			)
			.map(([size, tail]) => (body: Buffer) => {
				const pieces: Buffer[] = [];
				for (let at = 0; at < body.length; at += size) {
					const piece = body.subarray(at, at + size);
					const head = Buffer.from(`${piece.length.toString(16)}\r\n`);
					pieces.push(head, piece, Buffer.from('\r\n'));
				}
				const framed = Buffer.concat([...pieces, Buffer.from(tail)]);
				return { header: 'transfer-encoding: chunked', framed };
			}),
	},
);

/** Text or bytes in another charset, with a mark, or with a few bytes changed. */
const damaged = (body: Buffer): fc.Arbitrary<Buffer> =>
	fc.oneof(
		{ weight: 6, arbitrary: fc.constant(body) },
		{
			weight: 1,
			arbitrary: fc.constantFrom(
				Buffer.from(body.toString('utf8'), 'utf16le'),
				Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
				Buffer.concat([body, body]),
				Buffer.concat([Buffer.alloc(3), body]),
				Buffer.concat([Buffer.from('data: '), body, Buffer.from('\n\n')]),
			),
		},
		{
			weight: 3,
			arbitrary: fc
				.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
				.map((changes) => {
					const changed = Buffer.from(body);
					for (const [at, byte] of changes) if (changed.length) changed[at % changed.length] = byte;
					return changed;
				}),
		},
		{
			weight: 1,
			arbitrary: fc.nat().map((at) => body.subarray(0, at % (body.length + 1))),
		},
	);

/** How the bytes come, and what follows. */
const paces = (mayStall: boolean) =>
	fc.oneof(
		{ weight: 8, arbitrary: fc.constant({ pieces: 1, everyMs: 0, end: 'close' as const }) },
		{ weight: 2, arbitrary: fc.constant({ pieces: 1, everyMs: 0, end: 'reset' as const }) },
		{ weight: 2, arbitrary: fc.constant({ pieces: 20, everyMs: 2, end: 'close' as const }) },
		{
			weight: mayStall ? 1 : 0,
			arbitrary: fc.constantFrom(
				{ pieces: 1, everyMs: 0, end: 'stall' as const },
				{ pieces: 1000, everyMs: 100, end: 'close' as const },
			),
		},
	);

/**
 * Replies made from a valid body: of every status, framing, encoding and pace, with values, texts and
 * bytes changed; and a few of random bytes alone.
 *
 * @param valid JSON value, or the bytes of an image
 * @param key the API key, which a host may repeat
 * @param mayStall whether the bytes may stop coming, so that only a timeout ends the call
 */
export function hostileReplies(
	valid: unknown,
	key: string,
	mayStall: boolean,
): fc.Arbitrary<HostileReply> {
	const bodies = Buffer.isBuffer(valid)
		? fc.oneof({ weight: 3, arbitrary: fc.constant(valid) }, fc.uint8Array().map(Buffer.from))
		: fc.oneof(
				{ weight: 6, arbitrary: mutated(valid, key).map((text) => Buffer.from(text)) },
				{ weight: 1, arbitrary: hostileText(key).map((text) => Buffer.from(text)) },
				{ weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map(Buffer.from) },
			);
	const built = fc
		.record({
			status: statuses,
			interim: interims(mayStall),
			headers: headers(key),
			body: bodies.chain(damaged),
			encoding: encodings,
			framing: framings,
			pace: paces(mayStall),
		})
		.map(({ status, interim, headers: extra, body, encoding, framing, pace }): HostileReply => {
			const { header, framed } = framing(encoding.encode(body));
			const coded = encoding.header ? [`content-encoding: ${encoding.header}`] : [];
			const lines = [...extra, ...coded, header];
			const first = `HTTP/1.1 ${String(status).padStart(3, '0')} X`;
			const head = `${interim}${first}\r\n${lines.join('\r\n')}\r\n\r\n`;
			const bytes = Buffer.concat([Buffer.from(head, 'latin1'), framed]);
			return { bytes, ...pace, name: nameOf(bytes, pace.end) };
		});
	const raw = fc
		.record({ bytes: fc.uint8Array({ maxLength: 300 }).map(Buffer.from), pace: paces(mayStall) })
		.map(({ bytes, pace }): HostileReply => ({ bytes, ...pace, name: nameOf(bytes, pace.end) }));
	return fc.oneof({ weight: 20, arbitrary: built }, { weight: 1, arbitrary: raw });
}

function nameOf(bytes: Buffer, end: string): string {
	return `${JSON.stringify(bytes.subarray(0, 1500).toString('latin1'))} (${bytes.length} bytes, ${end})`;
}
