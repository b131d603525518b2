import { createHmac, randomBytes } from 'node:crypto';
import { type Answer, failureAnswer } from './http/answer';
import { now } from './http/clock';
import { type LoggedRequest, STORE_PATH } from './http/requestLog';

const SIGNATURE = '&X-Amz-Signature=';

/** Signs and checks image links, as an S3 store does. */
interface LinkSigner {
	/** The request target of a new image, with its query but no signature. */
	target(name: string, extension: string, time: number, lifetimeMs: number): string;
	/** The target with its signature, for requests to `host`. */
	sign(target: string, host: string): string;
	/** Whether the request target was signed for this host, byte for byte. */
	verify(signedTarget: string, host: string): boolean;
}

/** 2026-11-22T18:32:04.123Z -> 20261122T183204Z */
const basicTime = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');

function createLinkSigner(): LinkSigner {
	const secret = randomBytes(32);
	const signature = (target: string, host: string) =>
		createHmac('sha256', secret).update(`GET\n${target}\nhost:${host}`).digest('hex');
	return {
		target(name, extension, time, lifetimeMs) {
			const stamp = basicTime(time);
			const day = stamp.slice(0, 8);
			// Every escape that a client might normalize: %2F, +, %2B and %20, in path and query.
			const path = `${STORE_PATH}outputs%2F${day}%2Fimage+out%2B${name}%20final.${extension}`;
			const query = [
				'X-Amz-Algorithm=AWS4-HMAC-SHA256',
				`X-Amz-Credential=SIMULATOR%2F${day}%2Fcn-shanghai%2Fs3%2Faws4_request`,
				`X-Amz-Date=${stamp}`,
				`X-Amz-Expires=${Math.max(0, Math.ceil(lifetimeMs / 1000))}`,
				'X-Amz-SignedHeaders=host',
				`response-content-disposition=attachment%3B%20filename%3Dimage+out%2B1.${extension}`,
				'x-id=GetObject',
			];
			return `${path}?${query.join('&')}`;
		},
		sign: (target, host) => `${target}${SIGNATURE}${signature(target, host)}`,
		verify(signedTarget, host) {
			const end = signedTarget.lastIndexOf(SIGNATURE);
			if (end < 0) return false;
			const given = signedTarget.slice(end + SIGNATURE.length);
			return given === signature(signedTarget.slice(0, end), host);
		},
	};
}

/** Draws an image; returns the same bytes at every call. */
export type Draw = () => Promise<Buffer>;

export interface FileStore {
	/** Stores an image and returns its link. `weight`: the bytes that drawing it keeps in memory. */
	put(draw: Draw, extension: string, host: string, weight: number): string;
	/** The answer to a request for an image. */
	get(request: LoggedRequest): Promise<Answer>;
}

/** Above these limits the oldest images are dropped, so that memory stays flat in a long run. */
const MAX_FILES = 5_000;
const MAX_WEIGHT = 256 * 1024 * 1024;
const MAX_DRAWN_BYTES = 64 * 1024 * 1024;

interface StoredFile {
	draw: Draw;
	expiresAt: number;
	weight: number;
}

function storeFailure(status: number, code: string, message: string): Answer {
	const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${randomBytes(8).toString('hex').toUpperCase()}</RequestId></Error>`;
	return failureAnswer({ status, body, contentType: 'application/xml' });
}

/** The drawn images by target; the least recently used are dropped first. */
function createDrawnCache() {
	const drawn = new Map<string, Buffer>();
	let total = 0;
	return {
		find(target: string): Buffer | undefined {
			const bytes = drawn.get(target);
			if (bytes) {
				drawn.delete(target);
				drawn.set(target, bytes);
			}
			return bytes;
		},
		keep(target: string, bytes: Buffer): void {
			if (drawn.has(target)) return;
			drawn.set(target, bytes);
			total += bytes.length;
			for (const [oldest, old] of drawn) {
				if (total <= MAX_DRAWN_BYTES) break;
				drawn.delete(oldest);
				total -= old.length;
			}
		},
	};
}

/** The image store: links expire after `lifetimeMs`, images are drawn when first fetched. */
export function createFileStore(lifetimeMs: number): FileStore {
	const signer = createLinkSigner();
	const files = new Map<string, StoredFile>();
	const drawn = createDrawnCache();
	let kept = 0;

	return {
		put(draw, extension, host, weight) {
			const time = now();
			const target = signer.target(randomBytes(8).toString('hex'), extension, time, lifetimeMs);
			files.set(target, { draw, expiresAt: time + lifetimeMs, weight });
			kept += weight;
			for (const [oldest, file] of files) {
				if (files.size <= MAX_FILES && kept <= MAX_WEIGHT) break;
				files.delete(oldest);
				kept -= file.weight;
			}
			return `http://${host}${signer.sign(target, host)}`;
		},
		async get({ url, headers }) {
			if (headers.authorization !== undefined) {
				return storeFailure(
					400,
					'InvalidArgument',
					'Only one auth mechanism allowed; the query is signed, an Authorization header came too.',
				);
			}
			if (!signer.verify(url, headers.host ?? '')) {
				const message = 'The request signature does not match the signature you provided.';
				return storeFailure(403, 'SignatureDoesNotMatch', message);
			}
			const target = url.slice(0, url.lastIndexOf('&'));
			const file = files.get(target);
			if (!file) return storeFailure(404, 'NoSuchKey', 'The specified key does not exist.');
			if (now() >= file.expiresAt) {
				return storeFailure(403, 'AccessDenied', 'Request has expired');
			}
			const body = drawn.find(target) ?? (await file.draw());
			drawn.keep(target, body);
			return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body };
		},
	};
}
