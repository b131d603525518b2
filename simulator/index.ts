/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createFaultQueue, type Fault } from './http/faults';
import { createFileStore } from './imageStore';
import { createGenerations } from './generations';
import { createLimiter, type Limit } from './limiter';
import type { ImageFormat } from './drawing/image';
import type { LoggedRequest } from './http/requestLog';
import { createService } from './service';
import { contractOf, type OpenApiDocument, type Site, type Validation } from './validation';

export { failures, type FailureName } from './failures';
export type { Failure } from './http/answer';
export type { Fault, Reply } from './http/faults';
export type { Limit } from './limiter';
export type { LoggedRequest, RequestKind } from './http/requestLog';
export type { OpenApiDocument, Site, Validation } from './validation';

export interface SimulatorOptions {
	/** Default 0: any free port. */
	port?: number;
	/** Default 127.0.0.1. */
	host?: string;
	/** The site to simulate; default cn. */
	site?: Site;
	/** Default sk-simulator-0000. */
	apiKey?: string;
	/** How long a generation takes, in milliseconds; default 0. */
	latencyMs?: number;
	/** Rate limit in images per key; default none. */
	limit?: Limit;
	/** How batch_size is treated: n images, always one image, or a 400; default honoured. */
	batchSize?: 'honoured' | 'ignored' | 'refused';
	/** How long image links last, in milliseconds; default one hour. */
	linkLifetimeMs?: number;
	/** Serves the same valid image of about this many bytes at every link, for benchmarks. */
	imageBytes?: number;
	/** The side of the squares that images consist of, in pixels; default 1. Larger ones cost less time. */
	blockSize?: number;
	/** Default png; a request's output_format takes precedence. */
	format?: ImageFormat;
	/** Which fields of the reply hold the links; default both. */
	replyShape?: 'images' | 'data' | 'both';
	/** The host name of image links; default the API's. The live image store has another one. */
	imageHost?: string;
	/** Whether to keep parsed bodies in the log; default true. */
	logBodies?: boolean;
	/** Called when a request has arrived completely, before it is answered. */
	onRequest?: (request: LoggedRequest) => void;
	/** Called when an answer has ended, even if it was cut off. */
	onAnswer?: (request: LoggedRequest) => void;
}

export interface Simulator {
	/** For the credential: http://127.0.0.1:PORT/v1 */
	baseUrl: string;
	origin: string;
	apiKey: string;
	/** All requests in order of arrival, including refused ones. */
	readonly requests: LoggedRequest[];
	readonly generations: LoggedRequest[];
	readonly images: LoggedRequest[];
	/** Number of requests in progress. */
	readonly inFlight: number;
	/** Number of images made, and so billed, since the start or the last reset. */
	readonly imagesMade: number;
	/** Queues a fault. */
	fault(fault: Fault): void;
	/** Clears the log, the queued faults and the rate limit. */
	reset(): void;
	/** Stops at once and destroys open connections. */
	close(): Promise<void>;
	spec: OpenApiDocument;
	/** Whether the site would accept this generation body. */
	validate(body: unknown): Validation;
}

/** Starts a simulator, by default on loopback. Rejects when the port is in use. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const { site = 'cn', apiKey = 'sk-simulator-0000', imageHost } = options;
	const contract = contractOf(site);
	const limiter = createLimiter(options.limit);
	const faults = createFaultQueue();
	const files = createFileStore(options.linkLifetimeMs ?? 3_600_000);
	const generate = createGenerations({
		contract,
		files,
		limiter,
		retryAfter: options.limit?.retryAfter ?? false,
		latencyMs: options.latencyMs ?? 0,
		batchSize: options.batchSize ?? 'honoured',
		replyShape: options.replyShape ?? 'both',
		format: options.format ?? 'png',
		blockSize: options.blockSize,
		imageBytes: options.imageBytes,
		linkHost: ({ headers, localPort }) =>
			imageHost === undefined
				? (headers.host ?? `127.0.0.1:${localPort}`)
				: `${imageHost}:${localPort}`,
	});
	const service = createService({
		site,
		apiKey,
		contract,
		files,
		faults,
		generate,
		logBodies: options.logBodies ?? true,
		onRequest: options.onRequest,
		onAnswer: options.onAnswer,
	});

	const server = createServer((request, response) => void service.serve(request, response));
	// Longer than any test, so that no client reuses a connection that the server is closing as idle.
	server.keepAliveTimeout = 600_000;
	server.requestTimeout = 0;
	const sockets = new Set<Socket>();
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	const origin = `http://${options.host ?? '127.0.0.1'}:${port}`;

	return {
		baseUrl: `${origin}/v1`,
		origin,
		apiKey,
		spec: contract.spec,
		validate: contract.validate,
		get requests() {
			return service.requests;
		},
		get generations() {
			return service.requests.filter(({ kind }) => kind === 'generation');
		},
		get images() {
			return service.requests.filter(({ kind }) => kind === 'image');
		},
		get inFlight() {
			return service.inFlight();
		},
		get imagesMade() {
			return service.requests.reduce((sum, { made }) => sum + made, 0);
		},
		fault: (fault) => faults.add(fault),
		reset() {
			service.requests.length = 0;
			faults.clear();
			limiter.reset();
		},
		async close() {
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			for (const socket of sockets) socket.destroy();
			await closed;
			// The log of a request is complete a turn of the event loop after its connection has closed.
			while (service.inFlight() > 0) await new Promise((resolve) => setImmediate(resolve));
		},
	};
}
