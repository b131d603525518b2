import type { FieldName } from './fields';

/**
 * The capability table: what each model of SiliconFlow takes. Fields, their visibility, checks,
 * the model list, the README's table and the tests are all derived from it; a new model is a row.
 *
 * Sources: the published contract (sizes, ranges, which model takes which field) and the service's
 * release notes and newer reference page (`cfg`, the Z-Image models).
 */

export type Operation = 'generate' | 'edit';

/** The two SiliconFlow sites: `cn` is api.siliconflow.cn, `com` is api.siliconflow.com. */
export type Site = 'cn' | 'com';

/** How a model takes the size of the picture. */
export interface SizeRule {
	/** Either one `image_size` of "WIDTHxHEIGHT", or two numbers `width` and `height`. */
	readonly wire: 'image_size' | 'width_height';
	/** Recommended sizes, the default first. */
	readonly sizes: readonly [string, ...string[]];
	/** Most pixels the service accepts for a custom size. */
	readonly maxPixels?: number;
	/** Allowed length of each side in pixels, where the service limits it. */
	readonly side?: { readonly min: number; readonly max: number; readonly multipleOf: number };
}

/** How a model takes input images. */
export interface ImageRule {
	/** Wire names in the order they are filled; as many as the model takes images. */
	readonly wire: readonly [string, ...string[]];
	/** False where the site takes data URLs only: a URL is then fetched and sent as data. */
	readonly acceptsUrl: boolean;
}

/** What a model changes of a request field: a narrower range, or a value it cannot do without. */
export interface FieldRule {
	readonly min?: number;
	readonly max?: number;
	/** Sent when the person sets nothing, because the model refuses a request without the field. */
	readonly required?: number;
}

export interface ModelRow {
	readonly id: string;
	readonly site: Site;
	/** One line for the model list and the README: what the model is good for. */
	readonly summary: string;
	readonly operations: readonly Operation[];
	/** Absent: the model decides the size. */
	readonly size?: SizeRule;
	/** Absent: the model takes no input images. */
	readonly images?: ImageRule;
	readonly fields: Readonly<Partial<Record<FieldName, FieldRule>>>;
	/** Most images of one request (`batch_size`); 1 where the model does not take the field. */
	readonly imagesPerRequest: number;
}

/** Seen on the live service: "width * height should not exceed 2073600". */
const MAX_PIXELS = 2073600;

const Z_IMAGE_SIZE: SizeRule = {
	wire: 'image_size',
	sizes: ['1024x1024', '512x512', '768x1024', '1024x768', '576x1024', '1024x576'],
	maxPixels: MAX_PIXELS,
};

export const MODELS: readonly ModelRow[] = [
	{
		id: 'Kwai-Kolors/Kolors',
		site: 'cn',
		summary: 'Free all-rounder: pictures from a prompt, or from a prompt and a picture',
		operations: ['generate', 'edit'],
		size: {
			wire: 'image_size',
			sizes: ['1024x1024', '960x1280', '768x1024', '720x1440', '720x1280'],
			maxPixels: MAX_PIXELS,
		},
		images: { wire: ['image'], acceptsUrl: true },
		fields: { negative_prompt: {}, seed: {}, num_inference_steps: {}, guidance_scale: {} },
		imagesPerRequest: 4,
	},
	{
		id: 'Qwen/Qwen-Image',
		site: 'cn',
		summary: 'Fine detail and legible text in the picture, Chinese too',
		operations: ['generate'],
		size: {
			wire: 'image_size',
			sizes: [
				'1328x1328',
				'1664x928',
				'928x1664',
				'1472x1140',
				'1140x1472',
				'1584x1056',
				'1056x1584',
			],
			maxPixels: MAX_PIXELS,
		},
		fields: { negative_prompt: {}, seed: {}, num_inference_steps: {}, cfg: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'Qwen/Qwen-Image-Edit',
		site: 'cn',
		summary: 'Changes one picture as the prompt says: text, style, objects',
		operations: ['edit'],
		images: { wire: ['image'], acceptsUrl: true },
		fields: { negative_prompt: {}, seed: {}, num_inference_steps: {}, cfg: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'Qwen/Qwen-Image-Edit-2509',
		site: 'cn',
		summary: 'Changes or combines up to three pictures as the prompt says',
		operations: ['edit'],
		images: { wire: ['image', 'image2', 'image3'], acceptsUrl: true },
		fields: {
			negative_prompt: {},
			seed: {},
			num_inference_steps: {},
			guidance_scale: {},
			cfg: {},
		},
		imagesPerRequest: 1,
	},
	{
		id: 'Tongyi-MAI/Z-Image',
		site: 'cn',
		summary: 'Photographic pictures with full control of steps and guidance',
		operations: ['generate'],
		size: Z_IMAGE_SIZE,
		fields: { negative_prompt: {}, seed: {}, num_inference_steps: {}, cfg: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'Tongyi-MAI/Z-Image-Turbo',
		site: 'cn',
		summary: 'Photographic pictures, fast and at a low price',
		operations: ['generate'],
		size: Z_IMAGE_SIZE,
		fields: { negative_prompt: {}, seed: {} },
		imagesPerRequest: 1,
	},
];
