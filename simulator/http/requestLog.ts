/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { now } from './clock';

export type RequestKind = 'generation' | 'models' | 'image' | 'other';

/** One request as it arrived, and what became of it. Times are milliseconds since 1970. */
export interface LoggedRequest {
	kind: RequestKind;
	method: string;
	/** The request target byte for byte, neither decoded nor normalized. */
	url: string;
	headers: IncomingHttpHeaders;
	/** The parsed JSON of a generation; absent when it was not JSON or bodies are not kept. */
	body?: unknown;
	bodyBytes: number;
	/** The port it arrived on. */
	localPort: number;
	receivedAt: number;
	/** When the last byte was sent or the connection ended, whichever came first. */
	answeredAt?: number;
	status?: number;
	/** The client disconnected before the answer ended. */
	aborted: boolean;
	/** The x-siliconcloud-trace-id of an API answer. */
	traceId?: string;
	/** How many images this request made, and so billed. */
	made: number;
	/** The image links in the reply. */
	images?: string[];
}

/** Paths of the image store begin with this; all others belong to the API. */
export const STORE_PATH = '/sc-maas/';

function kindOf(method: string, url: string): RequestKind {
	const path = url.split('?', 1)[0];
	if (method === 'POST' && path === '/v1/images/generations') return 'generation';
	if (method === 'GET' && path === '/v1/models') return 'models';
	if (method === 'GET' && path.startsWith(STORE_PATH)) return 'image';
	return 'other';
}

export function logEntry(message: IncomingMessage): LoggedRequest {
	const method = message.method ?? '';
	const url = message.url ?? '';
	return {
		kind: kindOf(method, url),
		method,
		url,
		headers: message.headers,
		bodyBytes: 0,
		localPort: message.socket.localPort ?? 0,
		receivedAt: now(),
		aborted: false,
		made: 0,
	};
}
