import type { FieldName } from './fields';

/** The shape of the capability table's rows. */

export type Operation = 'generate' | 'edit';

/** The two SiliconFlow sites: `cn` is api.siliconflow.cn, `com` is api.siliconflow.com. */
export type Site = 'cn' | 'com';

/** How a model takes the size of the image. */
export interface SizeRule {
	/** Either a single `image_size` of "WIDTHxHEIGHT", or two numbers `width` and `height`. */
	readonly wire: 'image_size' | 'width_height';
	/** Recommended sizes, the default first. */
	readonly sizes: readonly [string, ...string[]];
	/** Whether the service takes these sizes and no others. */
	readonly closed?: boolean;
	/** Most pixels the service accepts for a custom size. */
	readonly maxPixels?: number;
	/** Allowed length of each side in pixels, where the service limits it. */
	readonly side?: { readonly min: number; readonly max: number; readonly multipleOf: number };
}

/** How a model takes input images. */
export interface ImageRule {
	/** Wire names in the order they are filled; as many as the model takes images for Edit. */
	readonly wire: readonly [string, ...string[]];
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
