import type { INodeParameters } from 'n8n-workflow';
import type { Operation } from '../../nodes/SiliconFlowImage/contract/operations';

/**
 * The body for each model of the China site, written by hand from the published contract, not computed
 * from the node's table, so that a wrong row is caught.
 */
export interface ExpectedBody {
	readonly model: string;
	readonly operation: Operation;
	/** The panel's fields, besides Operation, Model and Prompt. */
	readonly parameters: INodeParameters;
	/** The body, besides model and prompt. */
	readonly body: Readonly<Record<string, unknown>>;
}

/** The simulator draws a placeholder for an image that is not on loopback. */
const CAT = 'https://images.example/cat.png';
const HAT = 'https://images.example/hat.png';
const SEA = 'https://images.example/sea.png?size=large&x=%2Fa%2Fb';

const fromUrls = (...urls: string[]) => ({ image: urls.map((url) => ({ source: 'url', url })) });

/** An image of one pixel, which the simulator can decode. */
const PIXEL =
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** How that image is sent to a site that takes no URLs. */
export const DATA_URL = `data:image/png;base64,${PIXEL}`;

export const fromBase64 = () => ({ image: [{ source: 'base64', base64: PIXEL }] });

/** Every field the model takes, each with a different value. */
export const FULL: readonly ExpectedBody[] = [
	{
		model: 'Kwai-Kolors/Kolors',
		operation: 'generate',
		parameters: {
			imageSize: '720x1440',
			numberOfImages: 4,
			options: { negativePrompt: 'rain', seed: 11, numInferenceSteps: 33, guidanceScale: 6.25 },
		},
		body: {
			image_size: '720x1440',
			batch_size: 4,
			negative_prompt: 'rain',
			seed: 11,
			num_inference_steps: 33,
			guidance_scale: 6.25,
		},
	},
	{
		model: 'Kwai-Kolors/Kolors',
		operation: 'edit',
		parameters: {
			images: fromUrls(CAT),
			imageSize: '960x1280',
			numberOfImages: 2,
			options: { negativePrompt: 'rain', seed: 12, numInferenceSteps: 34, guidanceScale: 0 },
		},
		body: {
			image: CAT,
			image_size: '960x1280',
			batch_size: 2,
			negative_prompt: 'rain',
			seed: 12,
			num_inference_steps: 34,
			guidance_scale: 0,
		},
	},
	{
		model: 'Qwen/Qwen-Image',
		operation: 'generate',
		parameters: {
			imageSize: '1472x1140',
			options: { negativePrompt: 'rain', seed: 13, numInferenceSteps: 50, cfg: 4 },
		},
		body: {
			image_size: '1472x1140',
			negative_prompt: 'rain',
			seed: 13,
			num_inference_steps: 50,
			cfg: 4,
		},
	},
	{
		model: 'Qwen/Qwen-Image-Edit',
		operation: 'edit',
		parameters: {
			images: fromUrls(CAT),
			options: { negativePrompt: 'rain', seed: 14, numInferenceSteps: 35, cfg: 0.1 },
		},
		body: { image: CAT, negative_prompt: 'rain', seed: 14, num_inference_steps: 35, cfg: 0.1 },
	},
	{
		model: 'Qwen/Qwen-Image-Edit-2509',
		operation: 'edit',
		parameters: {
			images: fromUrls(CAT, HAT, SEA),
			options: {
				negativePrompt: 'rain',
				seed: 15,
				numInferenceSteps: 36,
				guidanceScale: 5.5,
				cfg: 3.5,
			},
		},
		body: {
			image: CAT,
			image2: HAT,
			image3: SEA,
			negative_prompt: 'rain',
			seed: 15,
			num_inference_steps: 36,
			guidance_scale: 5.5,
			cfg: 3.5,
		},
	},
	{
		model: 'Tongyi-MAI/Z-Image',
		operation: 'generate',
		parameters: {
			imageSize: '576x1024',
			options: { negativePrompt: 'rain', seed: 16, numInferenceSteps: 37, cfg: 20 },
		},
		body: {
			image_size: '576x1024',
			negative_prompt: 'rain',
			seed: 16,
			num_inference_steps: 37,
			cfg: 20,
		},
	},
	{
		model: 'Tongyi-MAI/Z-Image-Turbo',
		operation: 'generate',
		parameters: { imageSize: '512x512', options: { negativePrompt: 'rain', seed: 17 } },
		body: { image_size: '512x512', negative_prompt: 'rain', seed: 17 },
	},
];

/** Only a prompt, and for Edit an image; everything else keeps its default. */
export const MINIMAL: readonly ExpectedBody[] = [
	{
		model: 'Kwai-Kolors/Kolors',
		operation: 'generate',
		parameters: {},
		body: { image_size: '1024x1024' },
	},
	{
		model: 'Kwai-Kolors/Kolors',
		operation: 'edit',
		parameters: { images: fromUrls(CAT) },
		body: { image: CAT, image_size: '1024x1024' },
	},
	{
		model: 'Qwen/Qwen-Image',
		operation: 'generate',
		parameters: {},
		body: { image_size: '1328x1328' },
	},
	{
		model: 'Qwen/Qwen-Image-Edit',
		operation: 'edit',
		parameters: { images: fromUrls(CAT) },
		body: { image: CAT },
	},
	{
		model: 'Qwen/Qwen-Image-Edit-2509',
		operation: 'edit',
		parameters: { images: fromUrls(CAT) },
		body: { image: CAT },
	},
	{
		model: 'Tongyi-MAI/Z-Image',
		operation: 'generate',
		parameters: {},
		body: { image_size: '1024x1024' },
	},
	{
		model: 'Tongyi-MAI/Z-Image-Turbo',
		operation: 'generate',
		parameters: {},
		body: { image_size: '1024x1024' },
	},
];
