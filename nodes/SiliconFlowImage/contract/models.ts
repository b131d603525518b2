import type { FieldName } from './fields';
import type { Operation } from './operations';

/*
 * The capability table: what each model of SiliconFlow takes. Fields, their visibility, checks, the
 * model list and the README's table are all derived from it; a new model is a row.
 *
 * Sources: the China site's published contract (sizes, ranges, which model takes which field), its
 * release notes and newer reference page (`cfg`, the Z-Image models), and the international site's
 * OpenAPI of May 2026.
 */

/** The two SiliconFlow sites: `cn` is api.siliconflow.cn, `com` is api.siliconflow.com. */
export type Site = 'cn' | 'com';

/** How a model takes the size of the image. */
export interface SizeRule {
	/** Either a single `image_size` of "WIDTHxHEIGHT", or two numbers `width` and `height`. */
	readonly sentAs: 'image_size' | 'width_height';
	/** Recommended sizes, the default first. */
	readonly sizes: readonly [string, ...string[]];
	/** Whether the service takes these sizes and no others. */
	readonly listedOnly?: boolean;
	/** Most pixels the service accepts for a custom size. */
	readonly maxPixels?: number;
	/** Allowed length of each side in pixels, where the service limits it. */
	readonly side?: { readonly min: number; readonly max: number; readonly multipleOf: number };
}

/** How a model takes input images. */
export interface ImageRule {
	/** Wire names in the order they are filled; as many as the model takes images. */
	readonly names: readonly [string, ...string[]];
	/** False where the site takes data URLs only: the node then downloads a URL and sends its data. */
	readonly acceptsUrl: boolean;
}

/** How a model differs in a request field: a narrower range, or a value that it requires. */
export interface FieldRule {
	readonly min?: number;
	readonly max?: number;
	/** Highest value when the request has an input image. */
	readonly maxWithImages?: number;
	/** Sent when the user sets nothing, because the model refuses a request without the field. */
	readonly required?: number;
}

export interface ModelRow {
	readonly id: string;
	readonly site: Site;
	/**
	 * What tells the model from its neighbors, in a few words. The model list shows it behind the id, and
	 * n8n shows nothing else there. The same on both sites.
	 */
	readonly trait: string;
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
	sentAs: 'image_size',
	sizes: ['1024x1024', '512x512', '768x1024', '1024x768', '576x1024', '1024x576'],
	maxPixels: MAX_PIXELS,
};

const QWEN_IMAGE_SIZE: SizeRule = {
	sentAs: 'image_size',
	sizes: ['1328x1328', '1664x928', '928x1664', '1472x1140', '1140x1472', '1584x1056', '1056x1584'],
	maxPixels: MAX_PIXELS,
};

const FLUX_2_SIZE: SizeRule = {
	sentAs: 'image_size',
	sizes: ['512x512', '768x1024', '1024x768', '576x1024', '1024x576'],
	listedOnly: true,
};

/** The international site takes input images as data URLs only. */
const dataOnly = (name: string): ImageRule => ({ names: [name], acceptsUrl: false });

const CHINA: readonly ModelRow[] = [
	{
		id: 'Kwai-Kolors/Kolors',
		site: 'cn',
		trait: 'free',
		summary: 'Free all-rounder that generates and edits images',
		operations: ['generate', 'edit'],
		size: {
			sentAs: 'image_size',
			sizes: ['1024x1024', '960x1280', '768x1024', '720x1440', '720x1280'],
			maxPixels: MAX_PIXELS,
		},
		images: { names: ['image'], acceptsUrl: true },
		fields: { negative_prompt: {}, seed: {}, num_inference_steps: {}, guidance_scale: {} },
		imagesPerRequest: 4,
	},
	{
		id: 'Qwen/Qwen-Image',
		site: 'cn',
		trait: 'text in images',
		summary: 'Fine detail and legible text in images, including Chinese',
		operations: ['generate'],
		size: QWEN_IMAGE_SIZE,
		fields: { negative_prompt: {}, seed: {}, num_inference_steps: {}, cfg: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'Qwen/Qwen-Image-Edit',
		site: 'cn',
		trait: 'one image',
		summary: 'Changes text, style or objects in one image',
		operations: ['edit'],
		images: { names: ['image'], acceptsUrl: true },
		fields: { negative_prompt: {}, seed: {}, num_inference_steps: {}, cfg: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'Qwen/Qwen-Image-Edit-2509',
		site: 'cn',
		trait: 'up to 3 images',
		summary: 'Changes or combines up to three images',
		operations: ['edit'],
		images: { names: ['image', 'image2', 'image3'], acceptsUrl: true },
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
		trait: 'photographic',
		summary: 'Photographic images with full control of steps and guidance',
		operations: ['generate'],
		size: Z_IMAGE_SIZE,
		fields: { negative_prompt: {}, seed: {}, num_inference_steps: {}, cfg: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'Tongyi-MAI/Z-Image-Turbo',
		site: 'cn',
		trait: 'fast, low price',
		summary: 'Photographic images, fast and at a low price',
		operations: ['generate'],
		size: Z_IMAGE_SIZE,
		fields: { negative_prompt: {}, seed: {} },
		imagesPerRequest: 1,
	},
];

const INTERNATIONAL: readonly ModelRow[] = [
	{
		id: 'black-forest-labs/FLUX.2-pro',
		site: 'com',
		trait: 'best quality',
		summary: 'The best image quality of the FLUX family, with nothing to tune',
		operations: ['generate'],
		size: FLUX_2_SIZE,
		fields: { seed: {}, output_format: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'black-forest-labs/FLUX.2-flex',
		site: 'com',
		trait: 'adjustable',
		summary: 'FLUX.2 with adjustable steps and guidance',
		operations: ['generate'],
		size: FLUX_2_SIZE,
		fields: { seed: {}, output_format: {}, cfg: {}, num_inference_steps: { max: 50 } },
		imagesPerRequest: 1,
	},
	...['max', 'pro'].map(
		(grade): ModelRow => ({
			id: `black-forest-labs/FLUX.1-Kontext-${grade}`,
			site: 'com',
			trait: grade === 'max' ? 'precise edits, best quality' : 'precise edits',
			summary: `Generates an image, or edits one and preserves the rest of it${grade === 'max' ? '; the best Kontext model' : ''}`,
			operations: ['generate', 'edit'],
			images: dataOnly('input_image'),
			fields: {
				aspect_ratio: {},
				seed: {},
				output_format: {},
				prompt_upsampling: {},
				safety_tolerance: { maxWithImages: 2 },
			},
			imagesPerRequest: 1,
		}),
	),
	{
		id: 'black-forest-labs/FLUX.1-Kontext-dev',
		site: 'com',
		trait: 'low price',
		summary: 'Edits one image and preserves the rest of it, at a low price',
		operations: ['edit'],
		images: dataOnly('image'),
		fields: { seed: {}, prompt_enhancement: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'black-forest-labs/FLUX-1.1-pro',
		site: 'com',
		trait: 'size of your choice',
		summary: 'Fast images of high quality, with a width and height of your choice',
		operations: ['generate', 'edit'],
		size: {
			sentAs: 'width_height',
			sizes: ['1024x768', '768x1024', '1024x1024', '1408x800', '800x1408'],
			side: { min: 256, max: 1440, multipleOf: 32 },
		},
		images: dataOnly('image_prompt'),
		fields: { seed: {}, prompt_upsampling: {}, safety_tolerance: {}, output_format: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'black-forest-labs/FLUX-1.1-pro-Ultra',
		site: 'com',
		trait: 'large images',
		summary: 'Large images, optionally with a natural look or based on an input image',
		operations: ['generate', 'edit'],
		size: {
			sentAs: 'image_size',
			sizes: ['1024x1024', '960x1280', '768x1024', '720x1440', '720x1280'],
			maxPixels: MAX_PIXELS,
		},
		images: dataOnly('image_prompt'),
		fields: {
			aspect_ratio: {},
			negative_prompt: {},
			seed: {},
			safety_tolerance: {},
			output_format: {},
			raw: {},
			image_prompt_strength: {},
		},
		imagesPerRequest: 4,
	},
	{
		id: 'black-forest-labs/FLUX.1-schnell',
		site: 'com',
		trait: 'fast drafts',
		summary: 'Very fast drafts at the lowest price',
		operations: ['generate'],
		size: {
			sentAs: 'image_size',
			sizes: ['1024x1024', '512x1024', '768x512', '768x1024', '1024x576', '576x1024'],
			listedOnly: true,
		},
		fields: { seed: {}, prompt_enhancement: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'black-forest-labs/FLUX.1-dev',
		site: 'com',
		trait: 'low price, up to 2.3 megapixels',
		summary: 'Good images at a low price, up to 2.3 megapixels',
		operations: ['generate'],
		size: {
			sentAs: 'image_size',
			sizes: ['1024x1024', '960x1280', '768x1024', '720x1440', '720x1280'],
			maxPixels: 2359296,
		},
		fields: { num_inference_steps: { max: 30, required: 20 }, seed: {}, prompt_enhancement: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'Qwen/Qwen-Image',
		site: 'com',
		trait: 'text in images',
		summary: 'Fine detail and legible text in images, including Chinese',
		operations: ['generate'],
		size: QWEN_IMAGE_SIZE,
		fields: { negative_prompt: {}, seed: {}, num_inference_steps: {}, cfg: {} },
		imagesPerRequest: 4,
	},
	{
		id: 'Qwen/Qwen-Image-Edit',
		site: 'com',
		trait: 'one image',
		summary: 'Changes text, style or objects in one image',
		operations: ['edit'],
		images: dataOnly('image'),
		fields: { negative_prompt: {}, seed: {}, num_inference_steps: {}, cfg: {} },
		imagesPerRequest: 1,
	},
	{
		id: 'Tongyi-MAI/Z-Image-Turbo',
		site: 'com',
		trait: 'fast, low price',
		summary: 'Photographic images, fast and at a low price',
		operations: ['generate'],
		size: {
			sentAs: 'image_size',
			sizes: ['512x512', '768x1024', '1024x576', '576x1024'],
			listedOnly: true,
		},
		fields: { negative_prompt: {}, seed: {} },
		imagesPerRequest: 1,
	},
];

/** The rows, in the order of the model list. A model of both sites has one for each. */
export const MODELS: readonly ModelRow[] = [...CHINA, ...INTERNATIONAL];
