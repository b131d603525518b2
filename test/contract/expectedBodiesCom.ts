import { DATA_URL, fromBase64, type ExpectedBody } from './expectedBodies';

/** The bodies for the international site, written by hand from its OpenAPI file of May 2026. */

const FLUX = 'black-forest-labs';

/** Every field the model takes, each with a different value. */
export const FULL_COM: readonly ExpectedBody[] = [
	{
		model: `${FLUX}/FLUX.2-pro`,
		operation: 'generate',
		parameters: { imageSize: '1024x768', options: { seed: 21, outputFormat: 'jpeg' } },
		body: { image_size: '1024x768', seed: 21, output_format: 'jpeg' },
	},
	{
		model: `${FLUX}/FLUX.2-flex`,
		operation: 'generate',
		parameters: {
			imageSize: '576x1024',
			options: { seed: 22, outputFormat: 'png', cfg: 0.1, numInferenceSteps: 50 },
		},
		body: {
			image_size: '576x1024',
			seed: 22,
			output_format: 'png',
			cfg: 0.1,
			num_inference_steps: 50,
		},
	},
	...['max', 'pro'].flatMap((grade): ExpectedBody[] => [
		{
			model: `${FLUX}/FLUX.1-Kontext-${grade}`,
			operation: 'generate',
			parameters: {
				options: {
					aspectRatio: '21:9',
					seed: 23,
					outputFormat: 'jpeg',
					promptUpsampling: true,
					safetyTolerance: 6,
				},
			},
			body: {
				aspect_ratio: '21:9',
				seed: 23,
				output_format: 'jpeg',
				prompt_upsampling: true,
				safety_tolerance: 6,
			},
		},
		{
			model: `${FLUX}/FLUX.1-Kontext-${grade}`,
			operation: 'edit',
			parameters: {
				images: fromBase64(),
				options: {
					aspectRatio: '9:21',
					seed: 24,
					outputFormat: 'png',
					promptUpsampling: false,
					safetyTolerance: 2,
				},
			},
			body: {
				input_image: DATA_URL,
				aspect_ratio: '9:21',
				seed: 24,
				output_format: 'png',
				prompt_upsampling: false,
				safety_tolerance: 2,
			},
		},
	]),
	{
		model: `${FLUX}/FLUX.1-Kontext-dev`,
		operation: 'edit',
		parameters: { images: fromBase64(), options: { seed: 25, promptEnhancement: true } },
		body: { image: DATA_URL, seed: 25, prompt_enhancement: true },
	},
	{
		model: `${FLUX}/FLUX-1.1-pro`,
		operation: 'generate',
		parameters: {
			imageSize: '1408x800',
			options: { seed: 26, promptUpsampling: true, safetyTolerance: 0, outputFormat: 'jpeg' },
		},
		body: {
			width: 1408,
			height: 800,
			seed: 26,
			prompt_upsampling: true,
			safety_tolerance: 0,
			output_format: 'jpeg',
		},
	},
	{
		model: `${FLUX}/FLUX-1.1-pro`,
		operation: 'edit',
		parameters: {
			images: fromBase64(),
			imageSize: 'custom',
			width: 256,
			height: 1440,
			options: { seed: 27, promptUpsampling: false, safetyTolerance: 6, outputFormat: 'png' },
		},
		body: {
			image_prompt: DATA_URL,
			width: 256,
			height: 1440,
			seed: 27,
			prompt_upsampling: false,
			safety_tolerance: 6,
			output_format: 'png',
		},
	},
	{
		model: `${FLUX}/FLUX-1.1-pro-Ultra`,
		operation: 'generate',
		parameters: {
			imageSize: '720x1440',
			numberOfImages: 4,
			options: {
				negativePrompt: 'rain',
				seed: 28,
				safetyTolerance: 5,
				outputFormat: 'jpeg',
				raw: true,
				imagePromptStrength: 0,
			},
		},
		body: {
			image_size: '720x1440',
			batch_size: 4,
			negative_prompt: 'rain',
			seed: 28,
			safety_tolerance: 5,
			output_format: 'jpeg',
			raw: true,
			image_prompt_strength: 0,
		},
	},
	{
		model: `${FLUX}/FLUX-1.1-pro-Ultra`,
		operation: 'edit',
		parameters: {
			images: fromBase64(),
			numberOfImages: 2,
			options: {
				aspectRatio: '4:3',
				negativePrompt: 'rain',
				seed: 29,
				safetyTolerance: 3,
				outputFormat: 'png',
				raw: false,
				imagePromptStrength: 1,
			},
		},
		body: {
			image_prompt: DATA_URL,
			// The ratio replaces the size.
			aspect_ratio: '4:3',
			batch_size: 2,
			negative_prompt: 'rain',
			seed: 29,
			safety_tolerance: 3,
			output_format: 'png',
			raw: false,
			image_prompt_strength: 1,
		},
	},
	{
		model: `${FLUX}/FLUX.1-schnell`,
		operation: 'generate',
		parameters: { imageSize: '768x512', options: { seed: 30, promptEnhancement: false } },
		body: { image_size: '768x512', seed: 30, prompt_enhancement: false },
	},
	{
		model: `${FLUX}/FLUX.1-dev`,
		operation: 'generate',
		parameters: {
			// Above the limit of other models and exactly at this one's: 1536 x 1536 = 2359296.
			imageSize: 'custom',
			width: 1536,
			height: 1536,
			options: { numInferenceSteps: 30, seed: 31, promptEnhancement: true },
		},
		body: { image_size: '1536x1536', num_inference_steps: 30, seed: 31, prompt_enhancement: true },
	},
	{
		model: 'Qwen/Qwen-Image',
		operation: 'generate',
		parameters: {
			imageSize: '1140x1472',
			numberOfImages: 3,
			options: { negativePrompt: 'rain', seed: 32, numInferenceSteps: 51, cfg: 4.5 },
		},
		body: {
			image_size: '1140x1472',
			batch_size: 3,
			negative_prompt: 'rain',
			seed: 32,
			num_inference_steps: 51,
			cfg: 4.5,
		},
	},
	{
		model: 'Qwen/Qwen-Image-Edit',
		operation: 'edit',
		parameters: {
			images: fromBase64(),
			options: { negativePrompt: 'rain', seed: 33, numInferenceSteps: 38, cfg: 20 },
		},
		body: { image: DATA_URL, negative_prompt: 'rain', seed: 33, num_inference_steps: 38, cfg: 20 },
	},
	{
		model: 'Tongyi-MAI/Z-Image-Turbo',
		operation: 'generate',
		parameters: { imageSize: '576x1024', options: { negativePrompt: 'rain', seed: 34 } },
		body: { image_size: '576x1024', negative_prompt: 'rain', seed: 34 },
	},
];

const generate = (model: string, body: ExpectedBody['body']): ExpectedBody => ({
	model,
	operation: 'generate',
	parameters: {},
	body,
});
const edit = (model: string, body: ExpectedBody['body']): ExpectedBody => ({
	model,
	operation: 'edit',
	parameters: { images: fromBase64() },
	body,
});

/** Only a prompt, and for Edit an image; everything else keeps its default. */
export const MINIMAL_COM: readonly ExpectedBody[] = [
	generate(`${FLUX}/FLUX.2-pro`, { image_size: '512x512' }),
	generate(`${FLUX}/FLUX.2-flex`, { image_size: '512x512' }),
	generate(`${FLUX}/FLUX.1-Kontext-max`, {}),
	edit(`${FLUX}/FLUX.1-Kontext-max`, { input_image: DATA_URL }),
	generate(`${FLUX}/FLUX.1-Kontext-pro`, {}),
	edit(`${FLUX}/FLUX.1-Kontext-pro`, { input_image: DATA_URL }),
	edit(`${FLUX}/FLUX.1-Kontext-dev`, { image: DATA_URL }),
	generate(`${FLUX}/FLUX-1.1-pro`, { width: 1024, height: 768 }),
	// The input image is square, and the size matches it.
	edit(`${FLUX}/FLUX-1.1-pro`, { image_prompt: DATA_URL, width: 1024, height: 1024 }),
	generate(`${FLUX}/FLUX-1.1-pro-Ultra`, { image_size: '1024x1024' }),
	edit(`${FLUX}/FLUX-1.1-pro-Ultra`, { image_prompt: DATA_URL, image_size: '1024x1024' }),
	generate(`${FLUX}/FLUX.1-schnell`, { image_size: '1024x1024' }),
	// The only model that refuses a request without steps.
	generate(`${FLUX}/FLUX.1-dev`, { image_size: '1024x1024', num_inference_steps: 20 }),
	generate('Qwen/Qwen-Image', { image_size: '1328x1328' }),
	edit('Qwen/Qwen-Image-Edit', { image: DATA_URL }),
	// This site refuses 1024x1024, the panel's default for the China site.
	generate('Tongyi-MAI/Z-Image-Turbo', { image_size: '512x512' }),
];
