/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Fault } from './http/faults';
import { createFaultQueue } from './http/faults';
import { createFileStore } from './imageStore/files';
import { createGenerations } from './generations';
import { createLimiter, type Limit } from './limiter';
import type { ImageFormat } from './drawing/image';
import type { LoggedRequest } from './http/requestLog';
import { createService } from './service';
import { contractOf, type OpenApiDocument, type Site, type Validation } from './validation';

export { failures, type FailureName } from './failures';
export type { Failure } from './http/answer';
export type { Fault } from './http/faults';
export type { Limit } from './limiter';
export type { LoggedRequest, RequestKind } from './http/requestLog';
export type { OpenApiDocument, Site, Validation } from './validation';

export interface SimulatorOptions {
	/** Default 0: any free port. */
	port?: number;
	/** Default 127.0.0.1. */
	host?: string;
	/** Which site's models and contract; default cn. */
	site?: Site;
	/** Default sk-simulator-0000. */
	apiKey?: string;
	/** How long a generation takes, in milliseconds; default 0. */
	latencyMs?: number;
	/** Images a key may ask for in a stretch of time; default no limit. */
	limit?: Limit;
	/** What becomes of batch_size: n images, always one image, or a 400; default honoured. */
	batchSize?: 'honoured' | 'ignored' | 'refused';
	/** How long image links last, in milliseconds; default one hour. */
	linkLifetimeMs?: number;
	/** Serve the same valid image of about this many bytes at every link (for benchmarks). */
	imageBytes?: number;
	/** Default png; a request's output_format wins. */
	format?: ImageFormat;
	/** Where the links stand in the reply; default both. */
	replyShape?: 'images' | 'data' | 'both';
	/** Another host name for image links, as the live image store has; default the API's. */
	imageHost?: string;
	/** Keep parsed bodies in the log; default true. */
	logBodies?: boolean;
	/** Called when a request has arrived whole, before it is answered. */
	onRequest?: (request: LoggedRequest) => void;
	/** Called when an answer has ended, in whichever way. */
	onAnswer?: (request: LoggedRequest) => void;
}

export interface Simulator {
	/** What goes into the credential: http://127.0.0.1:PORT/v1 */
	baseUrl: string;
	origin: string;
	apiKey: string;
	/** Every request in order of arrival, refused ones too. */
	readonly requests: LoggedRequest[];
	readonly generations: LoggedRequest[];
	readonly images: LoggedRequest[];
	/** Requests being served now. */
	readonly inFlight: number;
	/** Images made, and so billed, since the start or the last reset. */
	readonly imagesMade: number;
	/** Lines up something that goes wrong. */
	fault(fault: Fault): void;
	/** Forgets the log, the waiting faults and the rate limit's bookings. */
	reset(): void;
	/** Ends at once; open connections are destroyed. */
	close(): Promise<void>;
	spec: OpenApiDocument;
	/** Whether the site would take this generation body. */
	validate(body: unknown): Validation;
}

/** Starts a SiliconFlow of one's own on loopback. Rejects when the port is taken. */
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
	// A client must never meet a connection that the server is just about to close as idle.
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
		},
	};
}
