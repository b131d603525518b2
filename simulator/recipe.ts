import type { Input, ImageFormat, ImageRecipe } from './drawing/image';
import type { ModelSchema } from './validation';

/** A request body that the contract has accepted. */
export type GenerationBody = Record<string, unknown> & { model: string; prompt: string };

/** The area of an image with a given aspect ratio. */
const RATIO_PIXELS = 1024 * 1024;

/** The settings written on the image, with their short names. */
const SHOWN: Record<string, string> = {
	num_inference_steps: 'steps',
	guidance_scale: 'guidance',
	cfg: 'cfg',
	safety_tolerance: 'safety',
	negative_prompt: 'not',
};

function sizeOf(body: GenerationBody, schema: ModelSchema): ImageRecipe['size'] {
	const valueOf = (field: string) => body[field] ?? schema.properties[field]?.default;
	if (typeof body.aspect_ratio === 'string' && body.image_size === undefined) {
		const [across, down] = body.aspect_ratio.split(':').map(Number);
		const width = Math.round(Math.sqrt((RATIO_PIXELS * across) / down));
		return { width, height: Math.round(RATIO_PIXELS / width) };
	}
	const size = valueOf('image_size');
	if (typeof size === 'string') {
		const [width, height] = size.split('x').map(Number);
		return { width, height };
	}
	const width = valueOf('width');
	const height = valueOf('height');
	return typeof width === 'number' && typeof height === 'number' ? { width, height } : undefined;
}

/** What to draw for the request: everything that the images of a batch have in common. */
export function recipeOf(
	body: GenerationBody,
	schema: ModelSchema,
	inputs: Input[],
	seed: number,
	marked: boolean,
	defaultFormat: ImageFormat,
): Omit<ImageRecipe, 'index'> {
	const settings = Object.entries(SHOWN)
		.filter(([field]) => body[field] !== undefined && body[field] !== '')
		.map(([field, name]) => `${name} ${String(body[field])}`);
	return {
		model: body.model,
		prompt: body.prompt,
		seed,
		size: sizeOf(body, schema),
		settings,
		inputs,
		marked,
		format: (body.output_format as ImageFormat | undefined) ?? defaultFormat,
	};
}
