import { createCanvas } from '@napi-rs/canvas';
import fc from 'fast-check';
import { readBase64 } from '../../../nodes/SiliconFlowImage/contract/base64';
import { imageTypeOf } from '../../../nodes/SiliconFlowImage/contract/imageHeader';
import { cpuMs } from '../../support/cpuTime';

/** A real image with so much detail that its base64 has hundreds of pluses. */
function detailedImage(format: 'png' | 'jpeg' | 'webp' | 'gif'): Buffer {
	const canvas = createCanvas(160, 120);
	const context = canvas.getContext('2d');
	for (let i = 0; i < 2000; i++) {
		context.fillStyle = `hsl(${(i * 7919) % 360} 80% ${20 + ((i * 31) % 60)}%)`;
		context.fillRect((i * 53) % 160, (i * 97) % 120, 9, 7);
	}
	return format === 'png' ? canvas.toBuffer('image/png') : canvas.encodeSync(format as 'jpeg');
}

const png = detailedImage('png');
const jpeg = detailedImage('jpeg');
const webp = detailedImage('webp');
const gif = detailedImage('gif');
const base64 = (bytes: Buffer) => bytes.toString('base64');
const folded = (text: string, end: string, width = 76) =>
	text.replace(new RegExp(`.{${width}}(?=.)`, 'g'), `$&${end}`);
const asForm = (text: string) => text.replaceAll('+', ' ');

/** With so many bytes behind it that the length of its base64 is as wanted. */
const withTrailing = (bytes: Buffer, count: number) => Buffer.concat([bytes, Buffer.alloc(count)]);

const IMAGES: ReadonlyArray<readonly [string, Buffer]> = [
	['PNG', png],
	['JPEG', jpeg],
	['WebP', webp],
];

describe.each([...IMAGES, ['GIF', gif] as const])('%s is read', (_name, bytes) => {
	const text = base64(bytes);

	it.each<[string, string]>([
		['as it is', text],
		['in the alphabet of URLs', bytes.toString('base64url')],
		['without padding', text.replace(/=+$/, '')],
		['with too much padding', `${text.replace(/=+$/, '')}====`],
		['folded at 76 characters', folded(text, '\r\n')],
		['folded at 64 characters', folded(text, '\n', 64)],
		['folded and indented', folded(text, '\n    ')],
		['folded with blanks before the end of each line', folded(text, ' \n')],
		['with blanks around it', `  \n${text}\n  `],
		['with blanks of other scripts around it', `\ufeff\u3000${text}\u2028`],
	])('%s', (_how, written) => {
		expect(readBase64(written).bytes?.equals(bytes)).toBe(true);
	});

	it('with bytes that a phone leaves at its end', () => {
		for (let count = 1; count < 4; count++) {
			const longer = withTrailing(bytes, count * 1000 + count);
			expect(readBase64(base64(longer)).bytes?.equals(longer)).toBe(true);
		}
	});

	it.each<[string, string, string]>([
		['padding inside', `${base64(bytes.subarray(0, 301))}${text}`, 'padding'],
		[
			'two images in a row',
			`${base64(withTrailing(bytes, (4 - (bytes.length % 3)) % 3))}${text}`,
			'padding',
		],
		['an impossible length', `${base64(bytes.subarray(0, 300))}A`, 'length'],
		['a character too many in lines', `${folded(base64(bytes.subarray(0, 300)), '\n')}A`, 'length'],
		['other characters', `${text.slice(0, 400)}%2B${text.slice(400)}`, 'characters'],
		['Chinese characters', `${text.slice(0, 400)}中${text.slice(400)}`, 'characters'],
	])('but not with %s', (_how, written, problem) => {
		expect(readBase64(written).problem).toBe(problem);
	});
});

describe.each(IMAGES)('%s', (_name, bytes) => {
	const text = base64(bytes);

	it('from a form has its pluses back', () => {
		expect(text).toMatch(/\+.*\+/);
		expect(readBase64(asForm(text)).bytes?.equals(bytes)).toBe(true);
		expect(readBase64(asForm(folded(text, '\r\n'))).bytes?.equals(bytes)).toBe(true);
		expect(readBase64(asForm(text.replace(/=+$/, ''))).bytes?.equals(bytes)).toBe(true);
	});

	it('with pluses at the ends of lines only', () => {
		const at = text.indexOf('+') + 1;
		const one = text.replaceAll('+', (plus, index) => (index === at - 1 ? ' ' : plus));
		const lines = `${one.slice(0, at)}\r\n${one.slice(at)}`;
		expect(readBase64(lines).bytes?.equals(bytes)).toBe(true);
	});

	it('whose line breaks became blanks', () => {
		expect(readBase64(folded(text, ' ')).bytes?.equals(bytes)).toBe(true);
		expect(readBase64(folded(text, '  ', 64)).bytes?.equals(bytes)).toBe(true);
	});

	it('that is cut off is refused, wherever it is cut', () => {
		for (const part of [0.1, 0.3, 0.5, 0.8, 0.97]) {
			const cut = text.slice(0, Math.floor((text.length * part) / 4) * 4);
			expect(readBase64(cut)).toStrictEqual({ problem: 'incomplete' });
			expect(readBase64(folded(cut, '\n'))).toStrictEqual({ problem: 'incomplete' });
		}
	});

	it('is refused where blanks may be pluses or nothing', () => {
		// Four of them in what follows the image leave both readings whole.
		const trailing = `${base64(withTrailing(bytes, 3000 - (bytes.length % 3)))}AAAA A A A AAAA`;
		expect(readBase64(trailing)).toStrictEqual({ problem: 'blanks' });
	});
});

it('pluses that were lost altogether are noticed in a PNG and a WebP', () => {
	for (const bytes of [png, webp]) {
		const text = base64(bytes);
		for (let count = 1; count <= 4; count++) {
			let left = count;
			const lost = text.replaceAll('+', (plus) => (left-- > 0 ? '' : plus));
			expect(readBase64(lost).bytes).toBeUndefined();
		}
	}
});

it('a format without a structure cannot confirm a plus', () => {
	const text = asForm(base64(gif));
	expect(readBase64(text).bytes).toBeUndefined();
});

it('the end of the thumbnail is not the end of the photo', () => {
	const thumbnail = Buffer.concat([
		Buffer.from('Exif\0\0'),
		jpeg.subarray(0, 2000),
		Buffer.from([0xff, 0xd9]),
	]);
	const head = Buffer.from([
		0xff,
		0xe1,
		(thumbnail.length + 2) >> 8,
		(thumbnail.length + 2) & 0xff,
	]);
	const photo = Buffer.concat([jpeg.subarray(0, 2), head, thumbnail, jpeg.subarray(2)]);

	expect(readBase64(base64(photo)).bytes?.equals(photo)).toBe(true);
	expect(readBase64(base64(photo.subarray(0, photo.length - 600)))).toStrictEqual({
		problem: 'incomplete',
	});
});

describe('A JPEG without the mark of its end, as some cameras write it', () => {
	const unended = jpeg.subarray(0, jpeg.length - 2);
	const texts = [0, 1, 2].map((cut) => base64(unended.subarray(0, unended.length - cut)));
	const padded = texts.find((text) => text.endsWith('=')) ?? '';
	const unpadded = texts.find((text) => !text.endsWith('=')) ?? '';

	it.each<[string, string]>([
		['as it is', padded],
		['in lines', folded(padded, '\r\n')],
		['indented', folded(padded, '\n    ')],
		['with line breaks that became blanks', folded(padded, ' ')],
	])('is read where the padding shows that the text is whole: %s', (_how, text) => {
		const read = readBase64(text);

		expect(read.isUnended).toBe(true);
		expect(read.bytes?.equals(Buffer.from(padded, 'base64'))).toBe(true);
	});

	it('is refused where the text may have been cut off', () => {
		expect(readBase64(unpadded)).toStrictEqual({ problem: 'incomplete' });
		expect(readBase64(folded(unpadded, ' ')).bytes).toBeUndefined();
	});

	it('is refused where it ends before its pixels', () => {
		const head = jpeg.subarray(0, 100 - (100 % 3) + 1);
		expect(readBase64(base64(head))).toStrictEqual({ problem: 'incomplete' });
	});

	it('is read where n8n wrote the text from the bytes of a file', () => {
		for (const text of [padded, unpadded, base64(png.subarray(0, 300))]) {
			const bytes = Buffer.from(text, 'base64');
			expect(readBase64(text, true).bytes?.equals(bytes)).toBe(true);
		}
	});
});

it.each(['', ' ', '\r\n\t', '\u3000'])('%j is empty', (text) => {
	expect(readBase64(text)).toStrictEqual({ problem: 'empty' });
});

it('nothing but padding has an impossible length', () => {
	expect(readBase64('==')).toStrictEqual({ problem: 'length' });
});

describe('Any text', () => {
	const pieces = fc.array(
		fc.oneof(
			fc.constantFrom(' ', '+', '=', '\n', '\r\n ', '/', '_', '-', '\u{1F98A}', '\ud800', 'AAAA'),
			fc.constantFrom(...[png, jpeg, webp].map((bytes) => base64(bytes).slice(0, 400))),
			fc.base64String({ maxLength: 60 }),
			fc.string({ maxLength: 10 }),
		),
		{ maxLength: 30 },
	);

	it('gives bytes or a problem, and bytes only where each character means some', () => {
		fc.assert(
			fc.property(pieces, (parts) => {
				const text = parts.join('');
				const { bytes, problem } = readBase64(text);
				expect([bytes, problem].filter((one) => one !== undefined)).toHaveLength(1);
				if (!bytes) return;
				const written = text.replace(/\s+/g, '').replace(/=+$/, '');
				expect(written).toMatch(/^[A-Za-z0-9+/_-]+$/);
				const least = Math.floor((written.length * 3) / 4);
				expect(bytes.length).toBeGreaterThanOrEqual(least);
			}),
			{ numRuns: 3_000 },
		);
	});

	it.each([
		['a PNG', png, ['', ' ']],
		['a WebP', webp, ['']],
	])('of %s that was damaged is no other image', (_name, image, damages) => {
		const text = base64(image);
		const places = fc.array(fc.nat(), { minLength: 1, maxLength: 4 });
		fc.assert(
			fc.property(places, fc.constantFrom(...damages), (found, put) => {
				const damaged = [...text];
				for (const place of found) damaged[200 + (place % (text.length - 400))] = put;
				const { bytes } = readBase64(damaged.join(''));
				// A blank where a plus was is the image again.
				if (bytes) expect(bytes.equals(image)).toBe(true);
			}),
			{ numRuns: 300 },
		);
	});

	it('takes linear time', () => {
		const started = cpuMs();
		const head = base64(png).slice(0, 4000);
		for (const piece of [
			' ',
			'\n',
			' \n',
			'= ',
			'A ',
			'+',
			'\u3000',
			'\ud800',
			'AAAA',
			'/9j/',
			'4',
		])
			readBase64(head + piece.repeat(2_000_000));
		expect(cpuMs() - started).toBeLessThan(10_000);
	});
});

it('what is read has the type that it had', () => {
	for (const [, bytes] of IMAGES) {
		expect(imageTypeOf(readBase64(asForm(base64(bytes))).bytes!)).toStrictEqual(imageTypeOf(bytes));
	}
});
