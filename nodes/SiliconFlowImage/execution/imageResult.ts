import type { IBinaryData } from 'n8n-workflow';
import type { Failure } from '../transport/failure';

/** An image that the service made and that is paid for, with what the service said about it. */
export interface GeneratedImage {
	readonly url: string;
	/** When the link expires, in milliseconds since 1970. */
	readonly expiresAt: number;
	readonly seed?: number;
	readonly inferenceSeconds?: number;
	readonly traceId?: string;
}

/** What became of one requested image. An image that was made but not stored has a failure too. */
export interface ImageResult {
	readonly image?: GeneratedImage;
	/** The stored image, when it was to be downloaded. */
	readonly binary?: IBinaryData;
	readonly failure?: Failure;
	/** How many images the failed request asked for, where it was sent. */
	readonly requested?: number;
}
