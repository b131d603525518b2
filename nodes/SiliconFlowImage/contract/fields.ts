/**
 * The request fields that people can set one by one: their wire name, the name and label of the
 * parameter in the editor, and the widest range any model allows. A model's row in `models.ts`
 * says which of them it takes and may narrow the range.
 *
 * Source: the published OpenAPI of `POST /images/generations`; `cfg` from the newer reference page.
 */

/** Highest seed the service accepts (contract: `seed.maximum`). It does not fit into 32 bits. */
export const MAX_SEED = 9999999999;

/** What is common to every request field. */
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

export type Field = NumberField | TextField;

/** Every one-by-one request field by its wire name, in the order the editor lists them. */
export const FIELDS = {
	cfg: {
		kind: 'number',
		parameter: 'cfg',
		label: 'CFG Scale',
		description:
			'How closely the Qwen models follow the prompt, 0.1 to 20. Use more than 1 for legible text in the picture; 4 with 50 steps is the usual setting.',
		min: 0.1,
		max: 20,
		initial: 4,
	},
	guidance_scale: {
		kind: 'number',
		parameter: 'guidanceScale',
		label: 'Guidance Scale',
		description:
			'How closely the picture follows the prompt, 0 to 20. Higher is stricter, lower is freer.',
		min: 0,
		max: 20,
		initial: 7.5,
	},
	negative_prompt: {
		kind: 'text',
		parameter: 'negativePrompt',
		label: 'Negative Prompt',
		description: 'What the picture should not show',
		placeholder: 'e.g. blurry, watermark, extra fingers',
	},
	seed: {
		kind: 'integer',
		parameter: 'seed',
		label: 'Seed',
		description: `Start value of the randomness, 0 to ${MAX_SEED}. The same seed and settings give the same picture. With several requests for an item, each further request adds 1.`,
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

/** Wire name of a one-by-one request field. */
export type FieldName = keyof typeof FIELDS;

export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

/** Labels of the fields that have a place of their own in the panel, outside Options. */
export const LABELS = {
	model: 'Model',
	prompt: 'Prompt',
	images: 'Images',
	imageSize: 'Image Size',
	numberOfImages: 'Number of Images',
	additionalBodyFields: 'Additional Body Fields',
} as const;
