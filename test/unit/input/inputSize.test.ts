import { MAX_INPUT_MEGABYTES } from '../../../nodes/SiliconFlowImage/contract/inlineImage';
import { decodedBytes } from '../../../nodes/SiliconFlowImage/input/inputImage';

const CAP = MAX_INPUT_MEGABYTES * 1024 * 1024;

/** Bytes that are all 7, without encoding the same ones again and again. */
const base64Of = (bytes: number) =>
	'BwcH'.repeat(Math.floor(bytes / 3)) + Buffer.alloc(bytes % 3, 7).toString('base64');

/** Each line of these texts is the same. */
function inLines(text: string): string {
	const count = Math.floor(text.length / 76);
	return `${text.slice(0, 76)}\r\n`.repeat(count) + text.slice(count * 76);
}

describe('The size of base64 text is known exactly around the limit', () => {
	const sizes = [-2, -1, 0, 1, 2, 3].map((more) => CAP + more);
	const texts = sizes.map((bytes) => [bytes, base64Of(bytes)] as const);

	it.each<[string, (text: string) => string]>([
		['with padding', (text) => text],
		['without padding', (text) => text.replace(/=+$/, '')],
		['in lines', inLines],
		['with blanks around it', (text) => `\n\t ${text} \n`],
	])('%s', (_name, change) => {
		for (const [bytes, text] of texts) {
			const found = decodedBytes(change(text));
			if (bytes > CAP) expect(found).toBe(bytes);
			// Below the limit it is enough to know that.
			else expect(found).toBeLessThanOrEqual(CAP);
		}
	});
});

it('Of a small text the size is an upper bound', () => {
	expect(decodedBytes('')).toBe(0);
	expect(decodedBytes('QUJD')).toBe(3);
	expect(decodedBytes('QUI=')).toBe(3);
});
