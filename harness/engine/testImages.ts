import { createCanvas } from '@napi-rs/canvas';

/** A data URL of an image, as it stands in a request body. */
export const dataUrlOf = (bytes: Buffer, format: 'png' | 'jpeg' | 'webp' = 'png') =>
	`data:image/${format};base64,${bytes.toString('base64')}`;

/** A small real image. Each seed gives a different one. */
export function testImage(format: 'png' | 'jpeg' | 'webp', seed = 0): Buffer {
	const canvas = createCanvas(48, 32);
	const context = canvas.getContext('2d');
	context.fillStyle = `hsl(${(seed * 67) % 360} 70% 50%)`;
	context.fillRect(0, 0, 48, 32);
	context.fillStyle = 'white';
	context.fillRect(8 + seed, 8, 12, 12);
	return format === 'png' ? canvas.toBuffer('image/png') : canvas.encodeSync(format);
}
