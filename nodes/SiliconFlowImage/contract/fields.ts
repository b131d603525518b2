/**
 * The request fields that can be set individually: their wire name, the name and label of the
 * parameter in the editor, and the widest range any model allows. A model's row in `models.ts`
 * says which of them it takes and may narrow the range.
 *
 * Sources: the OpenAPI of `POST /images/generations` of either site; `cfg` also from the newer
 * reference page of the China site.
 */

/** Highest seed the service accepts (contract: `seed.maximum`). It does not fit into 32 bits. */
export const MAX_SEED = 9999999999;

/** Most images an item may ask for, because a typo must not order thousands. */
export const MAX_NUMBER_OF_IMAGES = 100;

/** What every request field has. */
interface FieldBase {
	/** Name of the parameter inside Options. Saved workflows hold it: never rename. */
	readonly parameter: string;
	/** Label in the editor; messages use it too. */
	readonly label: string;
	readonly description: string;
}

export interface NumberField extends FieldBase {
	readonly kind: 'integer' | 'number';
	readonly min: number;
	readonly max: number;
	/** Value the editor starts with when the option is added. Nothing is sent until then. */
	readonly initial: number;
}

export interface TextField extends FieldBase {
	readonly kind: 'text';
	readonly placeholder: string;
}

export interface SwitchField extends FieldBase {
	readonly kind: 'switch';
}

export interface ChoiceField extends FieldBase {
	readonly kind: 'choice';
	readonly choices: readonly [string, ...string[]];
}

/** A ratio of width to height, such as "16:9", within two others. */
export interface RatioField extends FieldBase {
	readonly kind: 'ratio';
	readonly narrowest: string;
	readonly widest: string;
	readonly initial: string;
}

export type Field = NumberField | TextField | SwitchField | ChoiceField | RatioField;

/** Every request field that can be set by itself, by its wire name. The editor sorts them by label. */
export const FIELDS = {
	aspect_ratio: {
		kind: 'ratio',
		parameter: 'aspectRatio',
		label: 'Aspect Ratio',
		description:
			'Ratio of width to height, from 9:21 to 21:9. If the model also takes a size, the ratio is used instead.',
		narrowest: '9:21',
		widest: '21:9',
		initial: '1:1',
	},
	cfg: {
		kind: 'number',
		parameter: 'cfg',
		label: 'CFG Scale',
		description:
			'How closely the image follows the prompt, from 0.1 to 20. Qwen models need more than 1 for legible text; 4 with 50 steps is their usual setting.',
		min: 0.1,
		max: 20,
		initial: 4,
	},
	guidance_scale: {
		kind: 'number',
		parameter: 'guidanceScale',
		label: 'Guidance Scale',
		description:
			'How closely the image follows the prompt, from 0 to 20. Lower values give the model more freedom.',
		min: 0,
		max: 20,
		initial: 7.5,
	},
	image_prompt_strength: {
		kind: 'number',
		parameter: 'imagePromptStrength',
		label: 'Image Prompt Strength',
		description: 'How strongly the input image influences the result, from 0 to 1',
		min: 0,
		max: 1,
		initial: 0.1,
	},
	negative_prompt: {
		kind: 'text',
		parameter: 'negativePrompt',
		label: 'Negative Prompt',
		description: 'What the image should not show, as words separated by commas',
		placeholder: 'e.g. blurry, watermark, extra fingers',
	},
	// A new format is a further choice here, at the end, because the first is where the field starts. Every
	// model that takes the field then offers it.
	output_format: {
		kind: 'choice',
		parameter: 'outputFormat',
		label: 'Output Format',
		description: 'File format of the image',
		choices: ['png', 'jpeg'],
	},
	prompt_enhancement: {
		kind: 'switch',
		parameter: 'promptEnhancement',
		label: 'Prompt Enhancement',
		description: 'Whether to let the service add detail to the prompt',
	},
	prompt_upsampling: {
		kind: 'switch',
		parameter: 'promptUpsampling',
		label: 'Prompt Upsampling',
		description: 'Whether to let the model expand the prompt for a more creative image',
	},
	raw: {
		kind: 'switch',
		parameter: 'raw',
		label: 'Raw',
		description: 'Whether to make the image look less processed and more natural',
	},
	safety_tolerance: {
		kind: 'integer',
		parameter: 'safetyTolerance',
		label: 'Safety Tolerance',
		description:
			'How tolerant the content moderation is, from 0 (strict) to 6. With an input image, some models allow at most 2.',
		min: 0,
		max: 6,
		initial: 2,
	},
	seed: {
		kind: 'integer',
		parameter: 'seed',
		label: 'Seed',
		description: `A whole number from 0 to ${MAX_SEED}. The same seed and settings give the same image again; without a seed, every image is different.`,
		min: 0,
		max: MAX_SEED,
		initial: 0,
	},
	num_inference_steps: {
		kind: 'integer',
		parameter: 'numInferenceSteps',
		label: 'Steps',
		description:
			'Number of inference steps, 1 to 100. More steps take longer and often give finer detail.',
		min: 1,
		max: 100,
		initial: 20,
	},
} as const satisfies Record<string, Field>;

/** Wire name of a request field that can be set by itself. */
export type FieldName = keyof typeof FIELDS;

export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];
