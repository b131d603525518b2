import { SAFE_TYPES, unsafeTypeName } from '../contract/imageHeader';
import { isDailyLimit } from '../contract/rejection';

/**
 * What to do about a refusal, by the service's own code or else by the HTTP status. The codes come
 * from the contract, SiliconFlow's error table and its release notes.
 */

const OTHER_SITE =
	"Check the API key in the credential, and make sure that 'Region' is the site where the key was created. A key from api.siliconflow.cn does not work on api.siliconflow.com, or the other way around.";
const BALANCE =
	'The balance of the account does not cover this image. Top it up on the SiliconFlow site, or choose a free model.';
const PARAMETERS =
	'Check the parameters of this step. The documentation of this node lists which options each model takes.';
const BUSY =
	"The service is busy. Try again later, or increase 'Give Up After' in 'Execution Options'.";
const SLOWER =
	"In 'Execution Options', set 'Images per Minute' to the limit of your account, or increase 'Give Up After'. Limits depend on the account and the model; for example, many new accounts start at 2 images a minute and 400 a day.";
const TOO_LARGE = 'The request is too large. Use smaller or fewer input images.';
const UNCLEAR =
	"It is not known whether the image was made and billed. Such a request is repeated only if 'Retry on Timeout' in 'Execution Options' is turned on.";
export const DAILY =
	'The daily limit of the account for this model is used up. Try again tomorrow, choose another model, or ask SiliconFlow for a higher limit.';
const INPUT_IMAGE =
	'Check the input images. SiliconFlow must be able to read them, and to download those given by URL.';

const BY_CODE: Readonly<Record<number, string>> = {
	20012:
		"This site has no such model. Choose one from the list, or check the model ID and the 'Region' of the credential.",
	20017: INPUT_IMAGE,
	20021:
		'The content moderation refused the prompt or an image. Change the prompt or the input image.',
	20023: INPUT_IMAGE,
	20026: "Choose another 'Image Size'. The list shows the sizes recommended for the model.",
	20028: "Choose another value for 'Steps'.",
	20034: "Choose another value for 'Seed'.",
	20035: "Choose another value for 'Number of Images'.",
	20040: INPUT_IMAGE,
	20042: TOO_LARGE,
	20043: TOO_LARGE,
	20055: 'This model does not take input images by URL. Use binary data or base64 instead.',
	20092:
		'SiliconFlow has retired this address. Check whether there is a newer version of this node.',
	30001: BALANCE,
	30002: 'SiliconFlow has disabled this account. Contact SiliconFlow support.',
	30003: 'The model is disabled on this site or for this account. Choose another model.',
	30005: 'Complete the real-name verification of the account on the SiliconFlow site first.',
	30011: 'The model needs a paid balance; granted credit does not count. Top up the account.',
	30013:
		'The API key is restricted to certain IP addresses, and the address of n8n is not one of them. Allow it on the SiliconFlow site, or use another key.',
	30014: OTHER_SITE,
};

const BY_STATUS: Readonly<Record<number, string>> = {
	400: PARAMETERS,
	401: OTHER_SITE,
	402: BALANCE,
	403: 'The account is not allowed to use this model. The model may be disabled, or it may require real-name verification or a paid balance.',
	408: UNCLEAR,
	404: "There is no images API at this address. Check the 'Base URL' of the credential; it usually ends in /v1.",
	410: 'SiliconFlow has retired this address. Check whether there is a newer version of this node.',
	413: TOO_LARGE,
	429: SLOWER,
	451: 'The content moderation refused the prompt or an image. Change the prompt or the input image.',
	500: `Something went wrong inside the service, sometimes because of a field that the model does not take. ${UNCLEAR}`,
	502: UNCLEAR,
	503: BUSY,
	504: `The service took too long. ${UNCLEAR}`,
};

/** Names that are longer, or beyond this number, are no help. */
const MAX_FIELDS = 40;
const MAX_FIELD_CHARACTERS = 60;

/** What a refusal came with. */
interface Refusal {
	/** SiliconFlow's code, if the reply has one; it says more than the status. */
	readonly code?: number;
	/** The service's own words. */
	readonly message: string;
	/** Wire names of the fields that were sent. */
	readonly sentFields?: readonly string[];
	/** Content types of the input images that were sent; empty for one that was sent as a URL. */
	readonly sentImageTypes?: readonly string[];
}

/** What to do after a refusal with this HTTP status. */
export function hintFor(
	status: number,
	{ code, message, sentFields = [], sentImageTypes = [] }: Refusal,
): string {
	if (status === 429 && isDailyLimit(message)) return DAILY;
	const hint = (code === undefined ? undefined : BY_CODE[code]) ?? hintForStatus(status);
	const isAboutFields = hint === PARAMETERS || hint === BY_STATUS[500];
	const isAboutRequest = isAboutFields || hint === INPUT_IMAGE || UNREADABLE.includes(status);
	const types = isAboutRequest ? describeTypes(sentImageTypes, hint === INPUT_IMAGE) : '';
	return isAboutFields ? `${hint}${types}${fieldsOf(sentFields)}` : `${hint}${types}`;
}

/** Unsupported media type, and unprocessable content. */
const UNREADABLE: readonly number[] = [415, 422];

/**
 * What the input images were, if one is of a type that the service may not be able to read.
 *
 * @param isAboutImages whether it is known that the refusal is about them
 */
function describeTypes(mimeTypes: readonly string[], isAboutImages: boolean): string {
	const names = new Set(mimeTypes.flatMap((type) => (type && unsafeTypeName(type)) || []));
	if (names.size === 0) return isAboutImages ? ` ${SAFE_TYPES} are safe.` : '';
	return ` An input image is ${[...names].join(', ')}, which may be the reason: ${SAFE_TYPES} are safe. Convert it before this step, for example with n8n's Edit Image step.`;
}

function hintForStatus(status: number): string {
	if (BY_STATUS[status] !== undefined) return BY_STATUS[status];
	if (status >= 300 && status < 400) {
		return "Following it would send the API key to another address. Set the 'Base URL' of the credential to the final address.";
	}
	return status >= 500 ? UNCLEAR : PARAMETERS;
}

function fieldsOf(names: readonly string[]): string {
	const named = names.filter(({ length }) => length <= MAX_FIELD_CHARACTERS).slice(0, MAX_FIELDS);
	const left = names.length - named.length;
	const more = left > 0 ? ` and ${left} more` : '';
	return named.length > 0 ? ` The request had these fields: ${named.join(', ')}${more}.` : '';
}
