import type { Failure } from './http/answer';

const coded = (status: number, code: number, message: string): Failure => ({
	status,
	body: { code, message, data: null },
});

/** The service sometimes answers with a bare JSON string, quotes included, typed as JSON. */
const bare = (status: number, text: string): Failure => ({
	status,
	body: JSON.stringify(text),
	contentType: 'application/json; charset=utf-8',
});

const rateLimited = (limit: string) =>
	`Request was rejected due to rate limiting. Details:${limit} limit reached.`;

/**
 * Refusals by name, in every format seen so far. A prompt that contains `[fail NAME]` gets that
 * one; a test passes one to `simulator.fault`.
 */
export const failures = {
	modelUnknown: coded(400, 20012, 'Model does not exist. Please check it carefully.'),
	modelRequired: coded(400, 20013, 'The model is required.'),
	parameterInvalid: coded(400, 20015, 'The parameter is invalid. Please check again.'),
	promptRequired: coded(400, 20016, 'The prompt is required.'),
	imageRequired: coded(400, 20017, 'The image is required.'),
	imageUndecodable: coded(400, 20023, 'Invalid base64 image.'),
	sizeInvalid: coded(400, 20026, 'Image size format should be like 512x512'),
	stepsInvalid: coded(400, 20028, 'num_inference_steps is out of range.'),
	seedInvalid: coded(400, 20034, 'seed is out of range.'),
	batchSizeInvalid: coded(400, 20035, 'batch_size is invalid.'),
	imageUrlInvalid: coded(400, 20040, 'The image url cannot be fetched.'),
	imageNotBase64: coded(400, 20055, 'Only base64 encoded images are supported.'),
	invalidToken: bare(401, 'Invalid token'),
	keyInvalid: bare(401, 'Api key is invalid'),
	keyInvalidCoded: coded(401, 30014, 'Api key is invalid'),
	balance: coded(402, 30001, 'Sorry, your account balance is insufficient'),
	balanceOlder: coded(403, 30001, 'Sorry, your account balance is insufficient'),
	userDisabled: coded(403, 30002, 'User disabled.'),
	modelDisabled: coded(403, 30003, 'Model disabled.'),
	realName: coded(403, 30005, 'Real-name verification is required to use this service.'),
	chargedBalance: coded(403, 30011, 'This model needs a charged balance.'),
	ipNotAllowed: coded(403, 30013, 'The IP address is not in the allow list.'),
	forbidden: bare(403, 'Forbidden'),
	notFound: { status: 404, body: '404 page not found' },
	retired: coded(410, 20092, 'This endpoint has been retired.'),
	tooLarge: coded(413, 20042, 'The request body is too large.'),
	imageTooLarge: coded(413, 20043, 'The image is too large.'),
	rateLimit: coded(429, 50604, rateLimited('IPM')),
	rateLimitDaily: coded(429, 50605, rateLimited('IPD')),
	rateLimitContract: { status: 429, body: { message: rateLimited('TPM'), data: '' } },
	rateLimitRetryAfter: {
		...coded(429, 50604, rateLimited('IPM')),
		headers: { 'retry-after': '2' },
	},
	moderated: coded(451, 20021, 'The content was refused by moderation.'),
	unknownError: coded(500, 60000, 'Unknown error.'),
	internalError: coded(500, 50507, 'Unknown error, please check your request.'),
	messageOnly: { status: 500, body: { message: 'Something went wrong.' } },
	openAiShape: {
		status: 500,
		body: { error: { message: 'Upstream failed.', type: 'server_error', code: null } },
	},
	plainText: { status: 500, body: 'upstream connect error or disconnect' },
	empty: { status: 500, body: '' },
	badGateway: {
		status: 502,
		body: '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
		contentType: 'text/html',
	},
	overloaded: coded(503, 50505, 'Model service overloaded. Please try again later.'),
	tooBusy: coded(503, 50508, 'The system is too busy. Please try again later.'),
	overloadedLimit: coded(503, 50603, 'System is too busy now. Please try again later.'),
	timeout: bare(504, 'Gateway Timeout'),
	timeoutCoded: coded(504, 50501, 'The request timed out.'),
} satisfies Record<string, Failure>;

export type FailureName = keyof typeof failures;

/** The failure that a prompt asks for with `[fail NAME]`, if the name is in the list. */
export function failureAskedFor(prompt: string): Failure | undefined {
	const name = /\[fail (\w+)\]/.exec(prompt)?.[1];
	return name !== undefined && Object.hasOwn(failures, name)
		? failures[name as FailureName]
		: undefined;
}
