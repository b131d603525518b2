/**
 * What to do about a refusal, by the service's own code or else by the HTTP status. Collected from
 * the contract, SiliconFlow's error table and its release notes.
 */

const OTHER_SITE =
	'Check the API key in the credential, and that its Region is the site the key was made at: a key of api.siliconflow.cn does not work at api.siliconflow.com, nor the other way round.';
const BALANCE =
	'The balance of the account does not cover this image. Top it up at SiliconFlow, or choose a model that is free.';
const PARAMETERS =
	'Check the fields of this step against what the model takes; the README has a table.';
const BUSY = 'The service is busy. Try again later, or set more Max Retries in Execution Options.';
const SLOWER =
	"Set 'Requests per Minute' in Execution Options to the limit of your account, lower the Concurrency, or set more Max Retries. New accounts have 2 images a minute and 400 a day.";
const TOO_LARGE = 'The request is too large. Use smaller or fewer input images.';
const UNCLEAR =
	"It is not known whether the image was made and billed. Such a request is repeated only with 'Retry After Time-Out' in Execution Options turned on.";
const DAILY =
	'The daily limit of the account for this model is used up. Go on tomorrow, choose another model, or ask SiliconFlow for a higher limit.';
const INPUT_IMAGE =
	'Check the input images: the model must be able to read them, and to reach those given by URL.';

const BY_CODE: Readonly<Record<number, string>> = {
	20012:
		'No such model at this site. Choose one from the list, or check the id and the Region of the credential.',
	20017: INPUT_IMAGE,
	20021:
		'The content moderation refused the prompt or a picture. Change the wording or the input image.',
	20023: INPUT_IMAGE,
	20026: "Choose another 'Image Size'; the list shows the sizes the model recommends.",
	20028: "Choose another number of 'Steps'.",
	20034: "Choose another 'Seed'.",
	20035: "Choose another 'Number of Images'.",
	20040: INPUT_IMAGE,
	20042: TOO_LARGE,
	20043: TOO_LARGE,
	20055: 'This model takes input images as binary data or base64 only, not by URL.',
	20092: 'SiliconFlow has retired this address. Look for a newer version of this node.',
	30001: BALANCE,
	30002: 'SiliconFlow has disabled this account. Ask its support.',
	30003: 'The model is disabled at this site or for this account. Choose another model.',
	30005: "Finish the real-name verification of the account at SiliconFlow's site first.",
	30011: 'The model needs a charged balance; a granted one does not count. Top up the account.',
	30013: 'The API key allows certain IP addresses only, and that of n8n is not among them.',
	30014: OTHER_SITE,
};

const BY_STATUS: Readonly<Record<number, string>> = {
	400: PARAMETERS,
	401: OTHER_SITE,
	402: BALANCE,
	403: 'The account may not use this model. It may be disabled, or need a real-name verification or a charged balance at SiliconFlow.',
	408: UNCLEAR,
	404: 'There is no images API at this address. Check the Base URL of the credential; it usually ends in /v1.',
	410: 'SiliconFlow has retired this address. Look for a newer version of this node.',
	413: TOO_LARGE,
	429: SLOWER,
	451: 'The content moderation refused the prompt or a picture. Change the wording or the input image.',
	500: `The service met a fault of its own, sometimes because of a field the model does not take. ${UNCLEAR}`,
	502: UNCLEAR,
	503: BUSY,
	504: `The service took too long. ${UNCLEAR}`,
};

/**
 * How to get on after a refusal.
 *
 * @param status HTTP status
 * @param code SiliconFlow's number, where the reply has one; it says more than the status
 * @param message the service's own words
 */
export function hintFor(status: number, code?: number, message = ''): string {
	if (status === 429 && isDailyLimit(message)) return DAILY;
	const byCode = code === undefined ? undefined : BY_CODE[code];
	if (byCode !== undefined) return byCode;
	if (BY_STATUS[status] !== undefined) return BY_STATUS[status];
	if (status >= 300 && status < 400) {
		return 'Following it would send the API key elsewhere. Set the Base URL of the credential to the final address.';
	}
	return status >= 500 ? UNCLEAR : PARAMETERS;
}

/** Whether the words of a 429 say that a limit per day is reached, which no back-off outlasts. */
export function isDailyLimit(message: string): boolean {
	return /\b[IRT]PD\b|per day|daily/i.test(message);
}
