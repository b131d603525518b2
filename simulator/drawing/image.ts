import { createHash } from 'node:crypto';
import {
	type Canvas,
	createCanvas,
	type Image,
	loadImage,
	type SKRSContext2D,
} from '@napi-rs/canvas';
import { drawPanel, drawTag } from './lettering';
import { encodePng } from './png';
import { paintScenery, paintWash } from './scenery';

export type ImageFormat = 'png' | 'jpeg';

/** An input image: its bytes, or its URL when it is not fetched. */
export type Input = { field: string } & ({ bytes: Buffer } | { address: string });

/** Everything that determines an image: the same recipe always gives the same bytes. */
export interface ImageRecipe {
	model: string;
	prompt: string;
	seed: number;
	/** Which image of the batch, from 0. */
	index: number;
	/** In pixels; undefined means the size of the first input. */
	size?: { width: number; height: number };
	/** The other settings, as written on the image. */
	settings: string[];
	inputs: Input[];
	/** Whether the visible mark is drawn. */
	marked: boolean;
	format: ImageFormat;
}

type Drawable = Image | Canvas;

const DEFAULT_SIDE = 1024;
const LARGEST_EDIT_SIDE = 1024;
const SMALLEST_EDIT_SIDE = 512;

/** Random numbers in [0, 1) seeded by the text, so that an image can be drawn again. */
function randomFrom(text: string): () => number {
	let state = createHash('sha256').update(text).digest().readUInt32LE(0);
	return () => {
		// Mulberry32: small, fast and good enough for drawing.
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** A placeholder for an image on the web, which the simulator does not fetch. */
function placeholder(address: string): Drawable {
	const canvas = createCanvas(768, 768);
	const context = canvas.getContext('2d');
	paintScenery(context, 768, 768, randomFrom(address));
	return canvas;
}

async function decode(input: Input): Promise<Drawable> {
	return 'bytes' in input ? await loadImage(input.bytes) : placeholder(input.address);
}

/** An edit keeps the aspect ratio of its base, scaled so that the text is legible. */
function sizeOfEdit(base: Drawable): { width: number; height: number } {
	const longest = Math.max(base.width, base.height);
	const wanted = Math.min(LARGEST_EDIT_SIDE, Math.max(SMALLEST_EDIT_SIDE, longest));
	const scaled = (side: number) => Math.max(1, Math.round((side * wanted) / longest));
	return { width: scaled(base.width), height: scaled(base.height) };
}

/** Fills the frame with the image and crops what does not fit. */
function drawCovering(
	context: SKRSContext2D,
	image: Drawable,
	frame: { x: number; y: number; width: number; height: number },
): void {
	const scale = Math.max(frame.width / image.width, frame.height / image.height);
	const width = frame.width / scale;
	const height = frame.height / scale;
	const left = (image.width - width) / 2;
	const top = (image.height - height) / 2;
	const { x, y } = frame;
	context.drawImage(image, left, top, width, height, x, y, frame.width, frame.height);
}

/** The inputs as framed thumbnails along the top edge. */
function drawThumbnails(
	context: SKRSContext2D,
	images: Drawable[],
	inputs: Input[],
	width: number,
	height: number,
): void {
	const side = Math.round(Math.min(width, height) * 0.2);
	const border = Math.max(2, Math.round(side * 0.03));
	const gap = Math.round(side * 0.18);
	const tagSize = Math.max(8, Math.round(side * 0.1));
	let left = gap;
	images.forEach((image, index) => {
		const scale = side / Math.max(image.width, image.height);
		const wide = Math.max(1, Math.round(image.width * scale));
		const high = Math.max(1, Math.round(image.height * scale));
		context.fillStyle = '#ffffff';
		context.fillRect(left - border, gap - border, wide + 2 * border, high + 2 * border);
		context.drawImage(image, left, gap, wide, high);
		drawTag(context, inputs[index].field, left, gap + high + 2 * border, tagSize);
		left += Math.max(wide, tagSize * 5) + gap;
	});
}

/** Draws the recipe on a canvas. Only what is written on it tells the size of the finished image. */
function paint(
	canvas: Canvas,
	recipe: ImageRecipe,
	images: Drawable[],
	finished: { width: number; height: number },
): void {
	const { width, height } = canvas;
	const context = canvas.getContext('2d');
	const { model, prompt, seed, index } = recipe;
	const random = randomFrom(JSON.stringify([model, prompt, seed, index]));
	if (images[0]) {
		// The base may be transparent; the image is not.
		context.fillStyle = '#ffffff';
		context.fillRect(0, 0, width, height);
		drawCovering(context, images[0], { x: 0, y: 0, width, height });
		paintWash(context, width, height, random);
	} else {
		paintScenery(context, width, height, random);
	}
	// Text would be illegible on anything smaller.
	if (Math.min(width, height) < 128) return;
	if (images.length > 0) drawThumbnails(context, images, recipe.inputs, width, height);
	const size = `${finished.width}x${finished.height}`;
	const facts = [`seed ${seed}`, size, ...recipe.settings].join(' · ');
	const small = Math.max(8, Math.round(Math.min(width, height) / 60));
	// Opaque over an edit, because its base may already have a panel.
	const opacity = images.length > 0 ? 1 : 0.74;
	drawPanel(context, width, height, prompt, [model, facts], opacity);
	if (recipe.marked) drawTag(context, 'AI generated', width - small, small, small, true);
}

/** The canvas in squares of `blockSize` pixels. */
function enlarge(canvas: Canvas, width: number, height: number, blockSize: number): Canvas {
	const enlarged = createCanvas(width, height);
	const context = enlarged.getContext('2d');
	context.imageSmoothingEnabled = false;
	context.drawImage(canvas, 0, 0, canvas.width * blockSize, canvas.height * blockSize);
	return enlarged;
}

/**
 * Draws the recipe and encodes it.
 *
 * @param blockSize the side of the squares that the image consists of, in pixels. With larger ones
 * it is drawn sooner, but has no details.
 */
export async function drawImage(recipe: ImageRecipe, blockSize = 1): Promise<Buffer> {
	const images: Drawable[] = [];
	for (const input of recipe.inputs) images.push(await decode(input));
	const fallback = { width: DEFAULT_SIDE, height: DEFAULT_SIDE };
	const size = recipe.size ?? (images[0] ? sizeOfEdit(images[0]) : fallback);
	const { width, height } = size;
	const canvas = createCanvas(Math.ceil(width / blockSize), Math.ceil(height / blockSize));
	paint(canvas, recipe, images, size);
	if (recipe.format === 'png') return await encodePng(canvas.data(), width, height, blockSize);
	const jpeg = blockSize === 1 ? canvas : enlarge(canvas, width, height, blockSize);
	return await jpeg.encode('jpeg', 90);
}
