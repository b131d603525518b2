/**
 * The type of an image, read from its first bytes: SiliconFlow serves every image as
 * `application/octet-stream`, and a file name can be wrong.
 */
export interface ImageType {
	readonly mimeType: string;
	/** Without the dot. */
	readonly extension: string;
}

/** How many leading bytes `imageTypeOf` looks at. */
export const IMAGE_TYPE_BYTES = 16;

const PNG: ImageType = { mimeType: 'image/png', extension: 'png' };
const JPEG: ImageType = { mimeType: 'image/jpeg', extension: 'jpg' };
const WEBP: ImageType = { mimeType: 'image/webp', extension: 'webp' };
const GIF: ImageType = { mimeType: 'image/gif', extension: 'gif' };
const BMP: ImageType = { mimeType: 'image/bmp', extension: 'bmp' };
const TIFF: ImageType = { mimeType: 'image/tiff', extension: 'tiff' };
const AVIF: ImageType = { mimeType: 'image/avif', extension: 'avif' };
const HEIC: ImageType = { mimeType: 'image/heic', extension: 'heic' };

/** Type of the image that starts with these bytes, or undefined when no known image starts so. */
export function imageTypeOf(bytes: Buffer): ImageType | undefined {
	const head = bytes.toString('latin1', 0, IMAGE_TYPE_BYTES);
	if (head.startsWith('\x89PNG\r\n\x1a\n')) return PNG;
	if (head.startsWith('\xff\xd8\xff')) return JPEG;
	if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return WEBP;
	if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return GIF;
	// 'BM' alone also begins ordinary texts; the four reserved bytes of the header are always zero.
	if (head.startsWith('BM') && head.slice(6, 10) === '\0\0\0\0') return BMP;
	if (head.startsWith('II*\0') || head.startsWith('MM\0*')) return TIFF;
	if (head.slice(4, 8) === 'ftyp') {
		const brand = head.slice(8, 12);
		if (brand === 'avif' || brand === 'avis') return AVIF;
		if (['heic', 'heix', 'mif1', 'msf1'].includes(brand)) return HEIC;
	}
	return undefined;
}
