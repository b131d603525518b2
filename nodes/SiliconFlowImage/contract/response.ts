import { z } from 'zod';

/** Response bodies. The schemas hold only what the node uses, so that the API may add fields. */

const imageSchema = z.object({ url: z.string().min(1) });
/** One odd entry must not lose the others, because each of them is paid for. */
const imageList = z.array(z.unknown()).optional().catch(undefined);

const successSchema = z.object({
	images: imageList,
	// Newer replies repeat the list here, as OpenAI does.
	data: imageList,
	timings: z.object({ inference: z.number() }).optional().catch(undefined),
	seed: z.number().optional().catch(undefined),
});

/** A reply with at least one image. */
export interface ImagesReply {
	/** Links to the images in the order given; each works for one hour. */
	readonly urls: string[];
	/** How long the inference took, in seconds, as the service reports it. */
	readonly inferenceSeconds?: number;
	readonly seed?: number;
}

/** Reads a 200 reply. Undefined when it holds no image, because that is never a success. */
export function readImages(body: unknown): ImagesReply | undefined {
	const parsed = successSchema.safeParse(body);
	if (!parsed.success) return undefined;
	const { images, data, timings, seed } = parsed.data;
	const urls = [images, data].map(urlsOf).find((list) => list.length > 0);
	return urls && { urls, inferenceSeconds: timings?.inference, seed };
}

function urlsOf(list: unknown[] = []): string[] {
	return list.flatMap((entry) => {
		const image = imageSchema.safeParse(entry);
		return image.success ? [image.data.url] : [];
	});
}

const modelListSchema = z.object({ data: z.array(z.object({ id: z.string().min(1) })) });

/** Ids in a reply of `GET /models`, each once; undefined when it is not a list of models. */
export function readModelIds(body: unknown): string[] | undefined {
	const parsed = modelListSchema.safeParse(body);
	return parsed.success ? [...new Set(parsed.data.data.map(({ id }) => id))] : undefined;
}

const codedSchema = z.object({
	code: z.number().nullish().catch(undefined),
	message: z.string().min(1),
	data: z.unknown().optional(),
});
const wrappedSchema = z.object({ error: z.object({ message: z.string().min(1) }).passthrough() });
const errorTextSchema = z.object({ error: z.string().min(1) });

/** The service's own words about a refusal. */
export interface ServiceFailure {
	/** SiliconFlow's code, such as 20012; absent when the reply has none. */
	readonly code?: number;
	/** Plain text, at most 500 characters; empty when the reply says nothing. */
	readonly message: string;
}

/**
 * Reads a failure of any shape: `{code, message, data}`, `{message}`, `{error: {message}}`,
 * `{error: "..."}`, a bare JSON string, plain text, a page of HTML, or nothing.
 *
 * @param text the body as it came
 */
export function readFailure(text: string): ServiceFailure {
	const body = parseJson(text);
	const coded = codedSchema.safeParse(body);
	if (coded.success) {
		const { code, message, data } = coded.data;
		const detail = typeof data === 'string' && data !== '' && data !== message ? ` (${data})` : '';
		return { code: code ?? undefined, message: plain(message + detail) };
	}
	const wrapped = wrappedSchema.safeParse(body);
	if (wrapped.success) {
		const { code, message } = wrapped.data.error;
		return { code: typeof code === 'number' ? code : undefined, message: plain(message) };
	}
	const errorText = errorTextSchema.safeParse(body);
	if (errorText.success) return { message: plain(errorText.data.error) };
	if (typeof body === 'string') return { message: plain(body) };
	// The text as it came, because JSON.stringify would overflow the stack on a deeply nested body.
	return { message: plain(text) };
}

/** The text parsed as JSON, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function plain(page: string): string {
	// Cut first, because the patterns below could take minutes on a crafted page of megabytes.
	const text = page.slice(0, 4000);
	const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1];
	const words = /<html|<!doctype/i.test(text) ? (title ?? text.replace(/<[^>]*>/g, ' ')) : text;
	return words.replace(/\s+/g, ' ').trim().slice(0, 500);
}
