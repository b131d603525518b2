import type { INodeParameters } from 'n8n-workflow';
import { testImage } from '../../harness/engine/testImages';
import { failures, type Fault } from '../../simulator';

/** One row of the fault matrix: what the service does and what must happen. */
export interface Row {
	readonly name: string;
	readonly faults: readonly Fault[];
	readonly parameters?: INodeParameters;
	/** The expected number of generation requests, or its bounds, and of downloads. */
	readonly posts: number | readonly [number, number];
	readonly downloads: number;
	/** The number of images that come out. With 0, the run must fail. */
	readonly items: number;
	readonly message?: string | RegExp;
	readonly description?: string | RegExp;
	readonly httpCode?: string;
	/** False where no complete answer came that could have brought a trace id. */
	readonly traceId?: false;
	/** Whether the waits are so long that the virtual clock is needed. */
	readonly longWait?: boolean;
	/** Whether it waits for up to some seconds in real time. Such rows run side by side. */
	readonly shortWait?: boolean;
}

const always = Infinity;
const once = { posts: 1, downloads: 0, items: 0 };
const unanswered = { ...once, traceId: false } as const;
const paid = /already made and paid for/i;

/** Final refusals: one request and a helpful message. */
const refusals: Row[] = [
	[failures.modelUnknown, '400', 'code 20012', 'This site has no such model'],
	[
		failures.parameterInvalid,
		'400',
		'code 20015',
		/Check the parameters of this step.*The request had these fields: model, prompt, image_size\./,
	],
	[failures.sizeInvalid, '400', 'code 20026', "'Image Size'"],
	[
		failures.invalidToken,
		'401',
		/^SiliconFlow does not accept the API key \(HTTP 401\): Invalid token$/,
		"'Region' is the site where the key was created",
	],
	[
		failures.keyInvalidCoded,
		'401',
		/does not accept the API key \(.*code 30014\)/,
		"'Region' is the site where the key was created",
	],
	[failures.balance, '402', 'code 30001', 'balance'],
	[failures.balanceOlder, '403', 'code 30001', 'balance'],
	[failures.modelDisabled, '403', 'code 30003', 'disabled on this site'],
	[failures.realName, '403', 'code 30005', 'real-name verification'],
	[failures.forbidden, '403', 'Forbidden', 'The account is not allowed to use this model'],
	[failures.notFound, '404', '404 page not found', 'Base URL'],
	[failures.retired, '410', 'code 20092', 'retired'],
	[failures.tooLarge, '413', 'code 20042', 'smaller or fewer'],
	[failures.moderated, '451', 'code 20021', 'moderation'],
	[
		failures.unknownError,
		'500',
		/^SiliconFlow gave no usable answer \(HTTP 500, code 60000\)/,
		/a field that the model does not take.*'Retry on Timeout'.*fields: model, prompt, image_size\./,
	],
	[failures.openAiShape, '500', 'gave no usable answer (HTTP 500)', 'Retry on Timeout'],
	[failures.badGateway, '502', 'gave no usable answer (HTTP 502)', 'Retry on Timeout'],
	[failures.timeout, '504', 'gave no usable answer (HTTP 504)', 'Retry on Timeout'],
	[
		{ status: 408, body: 'Request Timeout' },
		'408',
		'gave no usable answer (HTTP 408)',
		'Retry on Timeout',
	],
].map(([fault, httpCode, message, description]) => ({
	...once,
	name: `HTTP ${httpCode as string} with ${String(message)}`,
	faults: [{ ...(fault as object), times: always }],
	httpCode: httpCode as string,
	message: message as string | RegExp,
	description: description as string | RegExp,
}));

/** The status says what happened, so it does not matter whether the body comes to its end. */
const cutRefusals: Row[] = [
	{
		name: '429 with a cut body, then success',
		faults: [{ ...failures.rateLimit, cut: 'mid-body' }],
		...{ posts: 2, downloads: 1, items: 1, longWait: true },
	},
	{
		name: '503 with a body shorter than announced, then success',
		faults: [{ ...failures.overloaded, contentLength: 100_000 }],
		...{ posts: 2, downloads: 1, items: 1, longWait: true },
	},
	{
		name: '429 that claims to be gzip, then success',
		faults: [{ ...failures.rateLimit, encoding: 'gzip-lie' }],
		...{ posts: 2, downloads: 1, items: 1, longWait: true },
	},
	{
		name: '503 with an endless body, then success',
		faults: [{ ...failures.overloaded, endless: true }],
		...{ posts: 2, downloads: 1, items: 1, longWait: true },
	},
	{
		name: 'a refusal with a cut body',
		faults: [{ ...failures.balance, cut: 'mid-body' }],
		...once,
		httpCode: '402',
		message: 'SiliconFlow did not make the image (HTTP 402)',
		description: 'balance',
	},
	{
		name: 'a refusal whose body stalls',
		shortWait: true,
		faults: [{ ...failures.moderated, stall: 'mid-body' }],
		parameters: { executionOptions: { timeout: 1 } },
		...once,
		httpCode: '451',
		description: 'moderation',
	},
	{
		name: 'a 502 with a cut body, which stays ambiguous',
		faults: [{ ...failures.badGateway, cut: 'mid-body' }],
		...once,
		httpCode: '502',
		message: 'SiliconFlow gave no usable answer (HTTP 502)',
		description: 'It is not known whether the image was made and billed',
	},
];

/** Temporary refusals: the same request is sent again after a wait. */
const refusedForNow: Row[] = [
	{
		name: '429, then success',
		faults: [failures.rateLimit],
		...{ posts: 2, downloads: 1, items: 1, longWait: true },
	},
	{
		name: '503 twice, then success',
		faults: [{ ...failures.overloaded, times: 2 }],
		...{ posts: 3, downloads: 1, items: 1, longWait: true },
	},
	{
		name: 'endless 429, in the format of the contract',
		faults: [{ ...failures.rateLimitContract, times: always }],
		// Two short pauses, then one attempt a minute.
		parameters: { executionOptions: { giveUpAfter: 5 } },
		...{ posts: [6, 15], downloads: 0, items: 0, longWait: true },
		httpCode: '429',
		message: 'HTTP 429',
		description:
			/accepted no image for this model in \d+ min.* \(\d+ rejections\)\. .*'Images per Minute'/,
	},
	{
		name: 'endless 503',
		faults: [{ ...failures.overloaded, times: always }],
		parameters: { executionOptions: { giveUpAfter: 5 } },
		...{ posts: [18, 30], downloads: 0, items: 0, longWait: true },
		httpCode: '503',
		message: 'code 50505',
		description:
			/accepted no image for this model in \d+ min.* \(\d+ rejections\)\. The service is busy/,
	},
	{
		name: '429 with no time to wait',
		faults: [failures.rateLimit],
		parameters: { executionOptions: { giveUpAfter: 0 } },
		...once,
		httpCode: '429',
	},
	{
		name: '429 with a Retry-After of hours',
		faults: [{ ...failures.rateLimit, headers: { 'retry-after': '7200' } }],
		...once,
		description: "SiliconFlow asks to wait 2 h, which is longer than 'Give Up After' allows",
	},
];

/** The request may have been served and billed, so it is not repeated unless the user turns that on. */
const ambiguous: Row[] = [
	{
		name: 'a stall before the answer',
		shortWait: true,
		faults: [{ stall: 'before-headers' }],
		parameters: { executionOptions: { timeout: 1 } },
		...unanswered,
		message: /did not answer within 1 second$/,
		description: 'may have been made and billed',
	},
	{
		name: 'a stall in the middle of the answer',
		shortWait: true,
		faults: [{ stall: 'mid-body' }],
		parameters: { executionOptions: { timeout: 1 } },
		...unanswered,
		message: /did not answer within 1 second$/,
	},
	{
		name: 'an answer that trickles endlessly',
		shortWait: true,
		faults: [{ trickle: { bytes: 1, everyMs: 200 } }],
		parameters: { executionOptions: { timeout: 1 } },
		...unanswered,
		message: /did not answer within 1 second$/,
	},
	{
		name: 'a connection cut before the answer',
		faults: [{ cut: 'before-headers' }],
		...unanswered,
		message: 'broke before the answer was complete',
		description: 'may have been made and billed',
	},
	{
		name: 'a connection cut in the middle of the answer',
		faults: [{ cut: 'mid-body' }],
		...unanswered,
		message: 'broke before the answer was complete',
	},
	{
		name: 'a cut connection, with Retry on Timeout turned on',
		faults: [{ cut: 'before-headers' }],
		parameters: { executionOptions: { retryOnTimeout: true } },
		...{ posts: 2, downloads: 1, items: 1, longWait: true },
	},
	{
		name: 'a 504, with Retry on Timeout turned on',
		faults: [failures.timeout],
		parameters: { executionOptions: { retryOnTimeout: true } },
		...{ posts: 2, downloads: 1, items: 1, longWait: true },
	},
];

/** Answers with status 200 that are not a success. */
const brokenReplies: Row[] = [
	{
		name: 'no images in the reply',
		faults: [{ transformReply: () => ({ images: [], seed: 1 }) }],
		...once,
		message: 'SiliconFlow answered without an image',
	},
	{
		name: 'an HTML page with status 200',
		faults: [
			{ status: 200, body: '<html><title>Welcome</title></html>', contentType: 'text/html' },
		],
		...once,
		message: 'SiliconFlow answered without an image',
		description: 'Welcome',
	},
	{
		name: 'JSON that ends too early',
		faults: [{ status: 200, body: '{"images":[{"url"', contentType: 'application/json' }],
		...once,
		message: 'SiliconFlow answered without an image',
	},
	{
		name: 'an empty body with status 200',
		faults: [{ status: 200, body: '' }],
		...once,
		message: 'SiliconFlow answered without an image',
	},
	{
		name: 'a reply of many megabytes',
		faults: [{ bytes: 30_000_000 }],
		...unanswered,
		message: 'more than 8 MB',
		description: 'may have been made and billed',
	},
	{
		name: 'an endless reply',
		faults: [{ endless: true }],
		...unanswered,
		message: 'more than 64 MB',
	},
	{
		name: 'a reply of many values',
		faults: [{ status: 200, body: `{"images":[${'{},'.repeat(1_000_000)}0]}` }],
		...unanswered,
		message: 'more than 50000 values',
		description: 'may have been made and billed',
	},
	{
		name: 'a link that is none',
		faults: [{ transformReply: () => ({ images: [{ url: 'javascript:alert(1)' }] }) }],
		...once,
		message: 'SiliconFlow answered without an image',
	},
	{
		name: 'a link longer than any',
		faults: [
			{ transformReply: () => ({ images: [{ url: `https://a.example/${'x'.repeat(9000)}` }] }) },
		],
		...once,
		message: 'SiliconFlow answered without an image',
	},
	{
		name: 'a reply that claims to be gzip',
		faults: [{ encoding: 'gzip-lie' }],
		...unanswered,
		message: 'broke before the answer was complete',
	},
	{
		name: 'a reply shorter than announced',
		faults: [{ contentLength: 100_000 }],
		...unanswered,
		message: 'broke before the answer was complete',
	},
	{
		name: 'thousands of images instead of one',
		faults: [
			{
				transformReply: (reply: { images: unknown[] }) => ({
					...reply,
					images: Array(5000).fill(reply.images[0]),
				}),
			},
		],
		...{ posts: 1, downloads: 1, items: 1 },
	},
	{
		name: 'the list only under data',
		faults: [
			{ transformReply: (reply: { images: unknown }) => ({ data: reply.images, created: 1 }) },
		],
		...{ posts: 1, downloads: 1, items: 1 },
	},
	{
		name: 'a redirect of the request',
		faults: [{ status: 307, headers: { location: '/v1/images/generations' }, body: '' }],
		...once,
		message: 'redirect, which is not followed',
		description: 'send the API key to another address',
	},
	{
		name: 'a message from the service that contains a network code and "canceled"',
		faults: [{ status: 400, body: { code: 20015, message: 'ENOENT: the job was canceled' } }],
		...once,
		message: 'ENOENT: the job was cancelled',
	},
];

const PNG = testImage('png').toString('base64');
const inReply = (entry: unknown, list = 'images'): Fault => ({
	transformReply: () => ({ [list]: [entry], seed: 1 }),
});
const noDownload = { posts: 1, downloads: 0, items: 1 };

/** The reply holds the image itself, or its link in another form. */
const gateways: Row[] = [
	{ name: 'b64_json', faults: [inReply({ b64_json: PNG }, 'data')], ...noDownload },
	{
		name: 'a data URL',
		faults: [inReply({ url: `data:image/png;base64,${PNG}` })],
		...noDownload,
	},
	{
		name: 'a byte order mark before the JSON',
		faults: [{ status: 200, body: `\uFEFF${JSON.stringify({ data: [{ b64_json: PNG }] })}` }],
		...noDownload,
	},
	{ name: 'base64 as plain text', faults: [inReply(PNG)], ...noDownload },
	{
		name: 'links as plain text',
		faults: [
			{
				transformReply: ({ images }: { images: Array<{ url: string }> }) => ({
					images: images.map(({ url }) => url),
				}),
			},
		],
		...{ posts: 1, downloads: 1, items: 1 },
	},
	{
		name: 'b64_json without an image in it',
		faults: [inReply({ b64_json: Buffer.from('<html>sorry</html>').toString('base64') })],
		...once,
		message: /^SiliconFlow sent the image itself instead of a link, but the file is not an image$/,
		description:
			/cannot be fetched again.*Already made and paid for: 1 image\. Without a link: 1 image\./,
	},
	{
		name: 'b64_json without a byte in it',
		faults: [inReply({ b64_json: '====' })],
		...once,
		message: 'but the file is empty',
	},
];

/** A gateway that echoes the request. */
const indiscreet: Row[] = [
	{
		name: 'a refusal that echoes the API key',
		faults: [{ status: 401, body: { message: 'Bad key sk-simulator-0000 given', data: null } }],
		...once,
		httpCode: '401',
		message: 'Bad key *** given',
	},
	{
		name: 'a refusal in which the API key stands where the words are cut',
		faults: [{ status: 400, body: { message: `${'x'.repeat(490)}sk-simulator-0000` } }],
		...once,
		message: /x{490}\*\*\*$/,
	},
	{
		name: 'a page in which the API key stands where the words are cut',
		faults: [{ status: 200, body: `${'x'.repeat(190)}sk-simulator-0000` }],
		...once,
		description: /x{190}\*\*\*\./,
	},
	{
		name: 'a reply that holds nothing but a data URL',
		faults: [inReply({ link: `data:image/png;base64,${PNG}` })],
		...once,
		description:
			/^The reply was: \{"images":\[\{"link":"data:image\/png;base64,\.\.\."\}\],"seed":1\}\./,
	},
	{
		name: 'a page with status 200 that echoes the API key',
		faults: [{ status: 200, body: 'Authorization: Bearer sk-simulator-0000' }],
		...once,
		message: 'without an image',
		description: 'Bearer ***',
	},
];

/** The image exists and is paid for, but the download goes wrong. */
const downloads: Row[] = [
	{
		name: 'a download cut once',
		shortWait: true,
		faults: [{ on: 'image', cut: 'mid-body' }],
		...{ posts: 1, downloads: 2, items: 1 },
	},
	{
		name: 'an image host that answers 503 twice',
		shortWait: true,
		faults: [{ on: 'image', status: 503, body: 'busy', times: 2 }],
		...{ posts: 1, downloads: 3, items: 1 },
	},
	{
		name: 'an image host that never recovers',
		longWait: true,
		faults: [{ on: 'image', status: 500, body: 'no', times: always }],
		...{ posts: 1, downloads: 6, items: 0 },
		message: 'made but not downloaded: the image host answered with HTTP 500',
		description: paid,
	},
	{
		name: 'a link that is refused for good',
		longWait: true,
		faults: [{ on: 'image', status: 403, body: '<Error/>', times: always }],
		...{ posts: 1, downloads: 6, items: 0 },
		message: 'the image host answered with HTTP 403',
		description: paid,
	},
	{
		name: 'an image that is gone',
		faults: [{ on: 'image', status: 410, body: '<Error/>', times: always }],
		...{ posts: 1, downloads: 1, items: 0 },
		message: 'the image host answered with HTTP 410',
		description: paid,
	},
	{
		name: 'a file that stays empty',
		longWait: true,
		faults: [{ on: 'image', status: 200, body: '', times: always }],
		...{ posts: 1, downloads: 6, items: 0 },
		message: 'the file is empty',
		description: paid,
	},
	{
		name: 'an HTML page instead of the image',
		longWait: true,
		faults: [
			{
				on: 'image',
				status: 200,
				body: '<html>sorry</html>',
				contentType: 'text/html',
				times: always,
			},
		],
		...{ posts: 1, downloads: 6, items: 0 },
		message: 'the file is not an image (its content type is text/html)',
		description: paid,
	},
	...[404, 408, 425, 403].map((status) => ({
		name: `an image host that answers ${status} twice, because the image is late`,
		shortWait: true,
		faults: [{ on: 'image', status, body: 'not yet', times: 2 } as const],
		...{ posts: 1, downloads: 3, items: 1 },
	})),
	{
		name: 'an image that is empty, then a page, then there',
		shortWait: true,
		faults: [
			{ on: 'image', status: 200, body: '' },
			{ on: 'image', status: 200, body: '<html>in a moment</html>', contentType: 'text/html' },
		],
		...{ posts: 1, downloads: 3, items: 1 },
	},
	{
		name: 'an image that trickles past the time-out',
		shortWait: true,
		faults: [{ on: 'image', trickle: { bytes: 10, everyMs: 100 }, times: always }],
		parameters: { executionOptions: { timeout: 1 } },
		...{ posts: 1, downloads: 4, items: 0 },
		message: /it took longer than 1 second$/,
		description: paid,
	},
	{
		// Alone, because the request for the image has only a second, too.
		name: 'a stall in the middle of the image, once',
		faults: [{ on: 'image', stall: 'mid-body' }],
		parameters: { executionOptions: { timeout: 1 } },
		...{ posts: 1, downloads: 2, items: 1 },
	},
	{
		name: 'a file larger than any image',
		faults: [{ on: 'image', bytes: 60 * 1024 * 1024 }],
		...{ posts: 1, downloads: 1, items: 0 },
		message: 'the file is larger than 50 MB',
		description: paid,
	},
	{
		name: 'an endless file',
		faults: [{ on: 'image', endless: true }],
		...{ posts: 1, downloads: 1, items: 0 },
		message: 'the file is larger than 50 MB',
	},
	{
		name: 'an image shorter than announced, once',
		shortWait: true,
		faults: [{ on: 'image', contentLength: 10_000_000 }],
		...{ posts: 1, downloads: 2, items: 1 },
	},
	{
		name: 'an image that claims to be gzip, once',
		shortWait: true,
		faults: [{ on: 'image', encoding: 'gzip-lie' }],
		...{ posts: 1, downloads: 2, items: 1 },
	},
	{
		name: 'a redirect of the image to another scheme',
		faults: [{ on: 'image', status: 302, headers: { location: 'file:///etc/passwd' }, body: '' }],
		...{ posts: 1, downloads: 1, items: 0 },
		message: 'its link cannot be followed (file:)',
	},
	{
		name: 'a redirect of the image, followed',
		faults: [{ on: 'image', status: 302, headers: { location: '#elsewhere' }, body: '' }],
		...{ posts: 1, downloads: 2, items: 1 },
	},
	{
		name: 'a redirect loop of the image',
		faults: [
			{ on: 'image', status: 302, headers: { location: '#again' }, body: '', times: always },
		],
		...{ posts: 1, downloads: 6, items: 0 },
		message: 'too many redirects',
		description: paid,
	},
];

export const MATRIX: readonly Row[] = [
	...refusals,
	...refusedForNow,
	...cutRefusals,
	...ambiguous,
	...brokenReplies,
	...gateways,
	...indiscreet,
	...downloads,
];
