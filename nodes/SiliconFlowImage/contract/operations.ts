/**
 * The table of operations: everything in which one differs from another, besides what each model can do
 * (`models.ts`). A rule asks a row what the operation needs, never which one it is. So a new operation is
 * a new row at the end, besides its name in the rows of the models that can do it (`models.ts`), a field
 * of its own if it has one (`fields.ts`), and the preview of its output (`__schema__`). CONTRIBUTING.md
 * ("Add an operation") goes through it step by step, with the simulator, tests and documents.
 */

/** The kinds of image models in SiliconFlow's model list (its `sub_type`). */
export const MODEL_KINDS = ['text-to-image', 'image-to-image'] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

export interface OperationRow {
	/** Its name in the panel; messages use it too. */
	readonly label: string;
	/** What the nodes panel, a new step and a tool are called: in sentence case, without an article. */
	readonly action: string;
	/** Said under its name in the panel. */
	readonly description: string;
	/** In the line under a step, and above its column in the documents. */
	readonly heading: string;
	/** For messages: a model cannot `verb` images, ... */
	readonly verb: string;
	/** ... and a model only `does` images. */
	readonly does: string;
	/** The model of a new step, so that it works before anyone chooses. */
	readonly initialModel: string;
	/** The kind that a model of the account must be listed as when it is not in `models.ts`. */
	readonly modelKind: ModelKind;
	/** Absent: it takes no input images. */
	readonly inputImages?: {
		/** Most of a request, from 1; a model may take fewer. Infinity: as many as the model takes. */
		readonly most: number;
		/** Of the field Images. */
		readonly description: string;
	};
	readonly prompt: { readonly placeholder: string; readonly description: string };
	readonly forLanguageModels: {
		/** By what a language model chooses the tool, and what it may expect of it. */
		readonly tool: string;
		/** What it reads when it fills in the size. */
		readonly size: string;
	};
}

const TABLE = {
	generate: {
		label: 'Generate Image',
		action: 'Generate image',
		description: 'Create images from a prompt',
		heading: 'Generate',
		verb: 'generate',
		does: 'generates',
		// Free, so the first image costs nothing.
		initialModel: 'Kwai-Kolors/Kolors',
		modelKind: 'text-to-image',
		prompt: {
			placeholder: 'e.g. a lighthouse on a small island at night, moonlight on the sea',
			description:
				'What the image should show. Name the subject, its surroundings, the style and the light; put words to be written in the image in quotes.',
		},
		forLanguageModels: {
			tool: 'Generate images from a text prompt. Returns the URL of each image, which expires after one hour.',
			size: 'Width and height in pixels such as 1024x768, or a ratio such as 16:9. Leave it empty for the default size of the image model.',
		},
	},
	edit: {
		label: 'Edit Image',
		action: 'Edit image',
		description: 'Change or combine images as described by a prompt',
		heading: 'Edit',
		verb: 'edit',
		does: 'edits',
		// Made for editing, and on both sites.
		initialModel: 'Qwen/Qwen-Image-Edit',
		modelKind: 'image-to-image',
		inputImages: {
			most: Infinity,
			description:
				'The images to edit, in the order in which the model sees them. Most models take one; Qwen-Image-Edit-2509 takes up to three.',
		},
		prompt: {
			placeholder: 'e.g. make it a sunny morning and keep the lighthouse as it is',
			description:
				'What to change in the images, and what to keep. With several images, refer to each by its position, such as "the first image".',
		},
		forLanguageModels: {
			tool: 'Edit images as a text prompt describes. Returns the URL of each new image, which expires after one hour.',
			size: 'Width and height in pixels such as 1024x768, or a ratio such as 16:9. Leave it empty to keep the shape of the input image.',
		},
	},
} as const satisfies Record<string, OperationRow>;

/** Stored value of an operation. Saved workflows hold it: never rename. */
export type Operation = keyof typeof TABLE;

export const OPERATIONS: Readonly<Record<Operation, OperationRow>> = TABLE;

/** In the order of the table. */
export const OPERATION_NAMES = Object.keys(OPERATIONS) as Operation[];

/** The operation of a new step. It is not stored, so a saved step without an operation has this one. */
export const INITIAL_OPERATION: Operation = 'generate';

/** The operation that a stored value means; undefined for a value that the panel does not have. */
export function operationOf(stored: unknown): Operation | undefined {
	return OPERATION_NAMES.find((name) => name === stored);
}

export function takesImages(operation: Operation): boolean {
	return OPERATIONS[operation].inputImages !== undefined;
}

/** Whether several input images can go into one request. */
export function combinesImages(operation: Operation): boolean {
	return (OPERATIONS[operation].inputImages?.most ?? 0) > 1;
}
