import { createHmac, randomBytes } from 'node:crypto';
import { STORE_PATH } from '../http/requestLog';

const SIGNATURE = '&X-Amz-Signature=';

/** Signs and checks image links, as an S3 store does. */
export interface LinkSigner {
	/** The request target of a new image, with its query but no signature. */
	target(name: string, extension: string, time: number, lifetimeMs: number): string;
	/** The target with its signature, for requests to `host`. */
	sign(target: string, host: string): string;
	/** Whether the request target was signed for this host, byte for byte. */
	verify(signedTarget: string, host: string): boolean;
}

/** 2026-11-22T18:32:04.123Z -> 20261122T183204Z */
const basicTime = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');

export function createLinkSigner(): LinkSigner {
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
