import { createHash } from 'node:crypto';
import { imageDimensionsOf, imageTypeOf } from '../nodes/SiliconFlowImage/contract/imageHeader';
import {
	isSuccess,
	parseJson,
	readFailure,
	readImages,
} from '../nodes/SiliconFlowImage/contract/response';
import type { Sanitizer } from '../nodes/SiliconFlowImage/contract/sanitize';
import { asFinite, asRecord, isText } from '../nodes/SiliconFlowImage/contract/unknownValue';
import { getImage, type Answer } from './service';

/** What an answer looks like, fit for a report: no key, no image and no link that works. */

export interface SeenImage {
	/** Of the link; missing where the image itself stands in the reply. */
	readonly host?: string;
	/** How long the link works, by its own signature; missing if it has none. */
	readonly linkSeconds?: number;
	/** Of the download. */
	readonly status?: number;
	readonly contentType?: string;
	/** By the bytes, such as image/png; missing where they are no image. */
	readonly mimeType?: string;
	/** By the bytes, such as 1024x1024. */
	readonly size?: string;
	readonly bytes?: number;
	/** Tells two images apart without showing them. */
	readonly sha256?: string;
	/** Why there is no image. */
	readonly failed?: string;
}

export interface Seen {
	readonly status: number;
	readonly seconds: number;
	readonly contentType?: string;
	readonly traceId?: string;
	/** Those that say something about limits, retries or the end of a service. */
	readonly headers: Readonly<Record<string, string>>;
	/** SiliconFlow's code and words of a refusal. */
	readonly code?: number;
	readonly words?: string;
	/** The body's fields and their types, such as {images: [{url: text}], seed: number}. */
	readonly shape?: string;
	/** Fields of the reply that the contract does not have. */
	readonly unknownFields: readonly string[];
	readonly seed?: number;
	readonly inferenceSeconds?: number;
	readonly images: readonly SeenImage[];
}

/** What one answer brought: what may be reported, and what must not be. */
export interface Observation {
	readonly seen: Seen;
	/** A link that works for an hour. */
	readonly link?: string;
	readonly files: ReadonlyArray<{ readonly bytes: Buffer; readonly extension: string }>;
}

/** Fields of a reply that the contract has, or that have been seen (`data` and those beside it). */
const KNOWN_FIELDS = ['images', 'data', 'timings', 'seed', 'created', 'shared_id'];

const NOTED_HEADERS =
	/^(retry-after|deprecation|sunset|warning|location)$|limit|quota|remaining|reset|watermark/;

/** Looks at an answer to a request for images, and downloads what it links to. */
export async function observe(answer: Answer, sanitizer: Sanitizer): Promise<Observation> {
	const { status, seconds, headers, bytes } = answer;
	const text = bytes.toString('utf8');
	const body = parseJson(text);
	const noted = [...headers].filter(([name]) => NOTED_HEADERS.test(name));
	const general = {
		status,
		seconds: rounded(seconds),
		contentType: headers.get('content-type'),
		traceId: sanitizer.traceId(headers.get('x-siliconcloud-trace-id')),
		headers: Object.fromEntries(
			noted.map(([name, value]) => [name, withoutLinks(sanitizer.text(value, 200))]),
		),
		shape: shapeOf(body),
	};
	const none = { unknownFields: [], images: [] };
	if (!isSuccess(status)) {
		const { code, message } = readFailure(sanitizer.redact(text), sanitizer);
		return { seen: { ...general, code, words: withoutLinks(message), ...none }, files: [] };
	}
	const reply = readImages(body);
	const unknownFields = Object.keys(asRecord(body)).filter((name) => !KNOWN_FIELDS.includes(name));
	if (reply === undefined) return { seen: { ...general, ...none, unknownFields }, files: [] };
	const images = [];
	const files = [];
	let link: string | undefined;
	for (const sent of reply.images) {
		if ('url' in sent) link ??= sent.url;
		const { image, file } = await fetched(sent);
		images.push(image);
		if (file !== undefined) files.push(file);
	}
	const { seed, inferenceSeconds } = reply;
	return {
		seen: { ...general, unknownFields, seed, inferenceSeconds, images },
		link,
		files,
	};
}

type File = Observation['files'][number];

async function fetched(
	sent: { readonly url: string } | { readonly base64: string | Buffer },
): Promise<{ image: SeenImage; file?: File }> {
	if ('base64' in sent) return looked(Buffer.from(String(sent.base64), 'base64'), {});
	const { host } = new URL(sent.url);
	const linkSeconds = signedSeconds(sent.url);
	try {
		const { status, headers, bytes } = await getImage(sent.url);
		const about = { host, linkSeconds, status, contentType: headers.get('content-type') };
		if (status === 200) return looked(bytes, about);
		return { image: { ...about, failed: `the download answered ${status}` } };
	} catch (thrown) {
		return { image: { host, linkSeconds, failed: `the download failed: ${reasonOf(thrown)}` } };
	}
}

function looked(bytes: Buffer, about: SeenImage): { image: SeenImage; file?: File } {
	const type = imageTypeOf(bytes);
	const dimensions = imageDimensionsOf(bytes);
	const image = {
		...about,
		mimeType: type?.mimeType,
		size: dimensions && `${dimensions.width}x${dimensions.height}`,
		bytes: bytes.length,
		sha256: createHash('sha256').update(bytes).digest('hex').slice(0, 16),
		failed: type === undefined ? 'the bytes are no image' : undefined,
	};
	return { image, file: type && { bytes, extension: type.extension } };
}

/** How long a link works by its signature; undefined for one that does not say. */
function signedSeconds(url: string): number | undefined {
	return asFinite(Number(new URL(url).searchParams.get('X-Amz-Expires') ?? NaN));
}

/** Why there was no answer, in Node's words, without addresses that work. */
export function reasonOf(thrown: unknown): string {
	const { message, cause } = asRecord(thrown);
	const { code } = asRecord(cause);
	return withoutLinks(`${String(message)}${isText(code) ? ` (${code})` : ''}`);
}

/** A link lets whoever has it see the image, so only its host stays. */
function withoutLinks(text: string): string {
	return text.replace(/(https?:\/\/[^\s/"'<>]+)\/[^\s"'<>]*/gi, '$1/...');
}

const rounded = (seconds: number) => Math.round(seconds * 100) / 100;

/** The fields and types of JSON, without its values. */
function shapeOf(value: unknown, depth = 0): string | undefined {
	if (value === undefined) return undefined;
	if (value === null) return 'null';
	if (typeof value === 'string') return 'text';
	if (typeof value !== 'object') return typeof value;
	if (depth === 4) return '...';
	if (Array.isArray(value)) {
		const shapes = value.slice(0, 100).map((entry) => shapeOf(entry, depth + 1));
		return `[${[...new Set(shapes)].join(' | ')}]`;
	}
	const fields = Object.entries(value).slice(0, 20);
	return `{${fields.map(([name, field]) => `${name}: ${shapeOf(field, depth + 1)}`).join(', ')}}`;
}
