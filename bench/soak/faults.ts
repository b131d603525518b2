import { failures, type Fault, type Reply } from '../../simulator';

/** What can go wrong with the reply to a generation. */
export interface ReplyFault {
	readonly fault: Fault;
	/** How many of the links that were made reach the client; default none. */
	readonly handsOver?: (made: number) => number;
	/** Whether the client has to wait for its timeout. */
	readonly stalls?: true;
	/** Only in batches of jobs where requests may be rejected, because that holds back all others. */
	readonly rejects?: true;
}

const soon = { 'retry-after': '0.2' };

export const REPLY_FAULTS = {
	rateLimit: { fault: { ...failures.rateLimit, headers: soon }, rejects: true },
	overloaded: { fault: { ...failures.overloaded, headers: soon }, rejects: true },
	dailyLimit: { fault: failures.rateLimitDaily, rejects: true },
	badRequest: { fault: failures.sizeInvalid },
	badKey: { fault: failures.invalidToken },
	balance: { fault: failures.balance },
	serverError: { fault: failures.internalError },
	badGateway: { fault: failures.badGateway },
	gatewayTimeout: { fault: failures.timeout },
	cutBefore: { fault: { cut: 'before-headers' } },
	cutMidBody: { fault: { cut: 'mid-body' } },
	stallBefore: { fault: { stall: 'before-headers' }, stalls: true },
	stallMidBody: { fault: { stall: 'mid-body' }, stalls: true },
	brokenJson: {
		fault: { status: 200, body: '{"images":[{"url"', contentType: 'application/json' },
	},
	emptyBody: { fault: { status: 200, body: '' } },
	noImages: { fault: { transformReply: () => ({ images: [], seed: 1 }) } },
	fewer: {
		fault: {
			transformReply: ({ images, ...rest }: Reply) => ({
				...rest,
				images: images.slice(0, 1),
				data: images.slice(0, 1),
			}),
		},
		handsOver: () => 1,
	},
	onlyData: {
		fault: { transformReply: ({ images }: Reply) => ({ data: images, created: 1 }) },
		handsOver: (made: number) => made,
	},
	slow: { fault: { delayMs: 300 }, handsOver: (made: number) => made },
	gzipLie: { fault: { encoding: 'gzip-lie' } },
	tooShort: { fault: { contentLength: 100_000 } },
} as const satisfies Record<string, ReplyFault>;

export type ReplyFaultName = keyof typeof REPLY_FAULTS;

export const replyFaultOf = (name: string): ReplyFault | undefined =>
	(REPLY_FAULTS as Record<string, ReplyFault>)[name];

/** What can go wrong with a download. Those of `STALLING` make the client wait for its timeout. */
export const DOWNLOAD_FAULTS = {
	busy: { status: 503, body: 'busy' },
	broken: { status: 500, body: 'no' },
	gone: { status: 404, body: '' },
	forbidden: { status: 403, body: '<Error/>' },
	empty: { status: 200, body: '' },
	page: { status: 200, body: '<html>sorry</html>', contentType: 'text/html' },
	cutBefore: { cut: 'before-headers' },
	cutMidBody: { cut: 'mid-body' },
	stallBefore: { stall: 'before-headers' },
	stallMidBody: { stall: 'mid-body' },
	trickle: { trickle: { bytes: 20, everyMs: 100 } },
	tooShort: { contentLength: 10_000_000 },
	gzipLie: { encoding: 'gzip-lie' },
	redirect: { status: 302, headers: { location: '#elsewhere' }, body: '' },
	otherScheme: { status: 302, headers: { location: 'file:///etc/passwd' }, body: '' },
} as const satisfies Record<string, Fault>;

export type DownloadFaultName = keyof typeof DOWNLOAD_FAULTS;

export const STALLING: readonly string[] = ['stallBefore', 'stallMidBody', 'trickle'];

/** Those after which a link is taken for dead, so that the next run makes its image anew. */
export const DEADLY: readonly string[] = [
	'gone',
	'forbidden',
	'empty',
	'page',
	'redirect',
	'otherScheme',
];
