import type { IBinaryData } from 'n8n-workflow';
import type { Size } from '../contract/size';
import type { Failure } from '../transport/failure';

/** Where an image can be fetched. */
export interface ImageLink {
	readonly url: string;
	/** When it expires, in milliseconds since 1970. */
	readonly expiresAt: number;
}

/** An image that the service made and that is paid for, with what the service said about it. */
export interface GeneratedImage {
	/** ID of the model that made it, which is the fallback where the one that was chosen could not. */
	readonly model: string;
	/** Absent when the reply held the image itself. */
	readonly link?: ImageLink;
	readonly seed?: number;
	readonly inferenceSeconds?: number;
	readonly traceId?: string;
}

/** An image that can be fetched. */
export type LinkedImage = GeneratedImage & { readonly link: ImageLink };

/** An image as it came. */
export interface ReceivedImage {
	readonly image: GeneratedImage;
	/** The image itself, when the reply held it. It is not kept, so it is no part of `image`. */
	readonly base64?: string | Buffer;
	/** Whether an earlier run left it, so that its link is not a fresh one. */
	readonly isTaken?: boolean;
}

/** What became of one requested image. An image that was made but not stored has a failure too. */
export interface ImageResult {
	readonly image?: GeneratedImage;
	/** The stored image, when it was to be downloaded or came without a link. */
	readonly binary?: IBinaryData;
	/** Read from the image itself, so not known when only its link is. */
	readonly dimensions?: Size;
	readonly failure?: Failure;
	/** ID of the model that was asked, where it is not that of the job. */
	readonly model?: string;
	/** Whether its link will never give the image, so that there is nothing to keep. */
	readonly isLinkDead?: boolean;
	/** How many images the failed request asked for, where it was sent. */
	readonly requested?: number;
}
