import { MODELS, type Site } from '../nodes/SiliconFlowImage/contract/models';
import { InlineImage } from '../nodes/SiliconFlowImage/contract/inlineImage';
import type { RequestBody } from '../nodes/SiliconFlowImage/contract/request';
import { isDailyLimit, retryAfterMs } from '../nodes/SiliconFlowImage/contract/rejection';
import { parseJson, readFailure, readModelIds } from '../nodes/SiliconFlowImage/contract/response';
import { Sanitizer } from '../nodes/SiliconFlowImage/contract/sanitize';
import { RateLimiter } from '../nodes/SiliconFlowImage/transport/rateLimiter';
import { UserError } from '../harness/userError';
import { checksOf, type Check } from './checks';
import type { Clock } from './clock';
import { differencesIn, modelDifferences, said, unanswered, type ListedModels } from './compare';
import { measureLimits, type Limits } from './limits';
import { observe, reasonOf, type Observation, type Seen } from './observe';
import { isFree } from './prices';
import { getModels, postImages, type Account, type Answer } from './service';

export interface Plan {
	readonly site: Site;
	readonly account: Account;
	readonly listed: ListedModels;
	readonly checks: readonly Check[];
	/** Checks that `--max-images` leaves no room for. */
	readonly leftOut: readonly Check[];
	/** The free model whose rate limit is measured, with its smallest body; undefined without one. */
	readonly limitsOf?: Check;
}

export interface PlanOptions {
	readonly site: Site;
	readonly account: Account;
	/** IDs; all models that are both listed and in the table if empty. */
	readonly models: readonly string[];
	/** Most images that may be made. */
	readonly maxImages: number;
	readonly limits: boolean;
	/** A small image to edit. */
	readonly inputImage: Buffer;
}

/**
 * Lists the account's models, which is free, and decides what to ask.
 *
 * @throws UserError when the service gives no list, such as to a bad key
 */
export async function makePlan(options: PlanOptions): Promise<Plan> {
	const { site, account, models, maxImages } = options;
	const listed = {
		'text-to-image': await listModels(account, 'text-to-image'),
		'image-to-image': await listModels(account, 'image-to-image'),
	};
	const all = [...new Set(Object.values(listed).flat())];
	const ofTable = MODELS.filter((row) => row.site === site).map(({ id }) => id);
	const chosen = models.length > 0 ? models : ofTable.filter((id) => all.includes(id));
	const inputImage = new InlineImage('image/jpeg', options.inputImage);
	const checks: Check[] = [];
	const leftOut: Check[] = [];
	let images = 0;
	for (const check of checksOf(site, chosen, inputImage)) {
		const isIn = images + check.images <= maxImages;
		if (isIn) images += check.images;
		(isIn ? checks : leftOut).push(check);
	}
	const free = all.filter((id) => isFree(id, site)).slice(0, options.limits ? 1 : 0);
	const [limitsOf] = checksOf(site, free, inputImage);
	return { site, account, listed, checks, leftOut, limitsOf };
}

async function listModels(account: Account, kind: string): Promise<string[]> {
	const sanitizer = new Sanitizer(account.apiKey);
	const answer = await getModels(account, kind).catch((thrown) => {
		throw new UserError(
			`${account.baseUrl} cannot be reached: ${sanitizer.redact(reasonOf(thrown))}`,
		);
	});
	const text = answer.bytes.toString('utf8');
	const ids = answer.status === 200 ? readModelIds(parseJson(text)) : undefined;
	if (ids !== undefined) return ids;
	const { code, message } = readFailure(sanitizer.redact(text), sanitizer);
	throw new UserError(
		`${account.baseUrl}/models answers ${said(answer.status, code, message)}. Check SILICONFLOW_API_KEY, and that SILICONFLOW_REGION is the site of the key.`,
	);
}

/** What came of one check. */
export interface Result {
	readonly check: Check;
	readonly seen?: Seen;
	/** Why there is no answer, or none that says something about the contract. */
	readonly unanswered?: string;
	readonly differences: readonly string[];
	/** How often the rate limit rejected it first. */
	readonly rejections: number;
}

export interface RunOptions {
	readonly clock: Clock;
	/** Ends the run after the request that is under way. */
	readonly signal: AbortSignal;
	/** Told a line after each check. */
	readonly log: (line: string) => void;
	/** Given the images; by default they are looked at and dropped. */
	readonly keep?: (check: Check, file: Observation['files'][number], index: number) => void;
}

export interface Findings {
	readonly models: readonly string[];
	/** What a key that nobody has gets. */
	readonly wrongKey: { readonly words: string; readonly differences: readonly string[] };
	readonly results: readonly Result[];
	readonly limits?: Limits;
	/** Whether the run was ended before everything was asked. */
	readonly isPartial: boolean;
	readonly imagesMade: number;
}

/** Asks everything in the plan, one request at a time. */
export async function runPlan(plan: Plan, options: RunOptions): Promise<Findings> {
	const { site, account, listed, checks, limitsOf } = plan;
	const { clock, signal, log } = options;
	const run = new Run(plan, options);
	const wrongKey = await checkWrongKey(account);
	for (const [i, check] of checks.entries()) {
		if (signal.aborted) break;
		const result = await run.ask(check);
		log(`${i + 1}/${checks.length}  ${check.model}, ${check.name}: ${verdictOf(result)}`);
	}
	const canMeasure = limitsOf !== undefined && !signal.aborted;
	const limits = canMeasure
		? await measureLimits(account, limitsOf.model, limitsOf.body, { clock, signal, log })
		: undefined;
	return {
		models: modelDifferences(site, listed),
		wrongKey,
		results: run.results,
		limits,
		isPartial: signal.aborted,
		imagesMade: run.imagesMade + (limits?.accepted ?? 0),
	};
}

function verdictOf({ seen, unanswered: why, differences }: Result): string {
	if (why !== undefined) return `no answer, ${why}`;
	if (differences.length > 0) return `DIFFERS: it ${differences.join('; it ')}`;
	const { images = [], status = 0, code, words = '' } = seen ?? {};
	if (images.length === 0) return said(status, code, words);
	return `${images.map(({ size }) => size ?? 'image').join(', ')} in ${seen?.seconds} s`;
}

/** Asks for the list of models, which is free, with a key that nobody has. */
async function checkWrongKey({ baseUrl }: Account): Promise<Findings['wrongKey']> {
	try {
		const { status, bytes } = await getModels({ baseUrl, apiKey: 'sk-wrong' }, 'text-to-image');
		const { code, message } = readFailure(bytes.toString('utf8'));
		const words = status === 200 ? '200' : said(status, code, message);
		return { words, differences: status === 401 ? [] : [`answers ${words} instead of 401`] };
	} catch (thrown) {
		return { words: `no answer: ${reasonOf(thrown)}`, differences: [] };
	}
}

/** A check waits no longer than this for the rate limit. */
const PATIENCE_MS = 15 * 60_000;
const NOT_LET_IN = 'the rate limit let nothing in for 15 minutes';

class Run {
	readonly results: Result[] = [];
	imagesMade = 0;

	/** The service limits each model by itself. */
	private readonly limiters = new Map<string, RateLimiter>();
	/** Why a model is asked nothing more. */
	private readonly ended = new Map<string, string>();
	/** Of an image that the service made, for edits by URL. */
	private link?: string;
	private readonly sanitizer: Sanitizer;

	constructor(
		private readonly plan: Plan,
		private readonly options: RunOptions,
	) {
		this.sanitizer = new Sanitizer(plan.account.apiKey);
	}

	async ask(check: Check): Promise<Result> {
		const result = await this.resultOf(check);
		this.results.push(result);
		return result;
	}

	private async resultOf(check: Check): Promise<Result> {
		const nothing = { check, differences: [], rejections: 0 };
		const ended = this.ended.get(check.model);
		if (ended !== undefined) return { ...nothing, unanswered: `not asked: ${ended}` };
		const { linkField } = check;
		if (linkField !== undefined && this.link === undefined) {
			return { ...nothing, unanswered: 'not asked: no image with a link was made before it' };
		}
		const body = linkField === undefined ? check.body : { ...check.body, [linkField]: this.link };
		const { answer, unanswered: why, rejections } = await this.send(check, body);
		if (answer === undefined) {
			if (why === NOT_LET_IN) this.ended.set(check.model, why);
			return { ...nothing, unanswered: why, rejections };
		}
		const { seen, link, files } = await observe(answer, this.sanitizer);
		this.link ??= link;
		this.imagesMade += seen.images.length;
		files.forEach((file, index) => this.options.keep?.(check, file, index));
		const about = unanswered(seen);
		// What is about the account will be so for the next request as well.
		if (about !== undefined && seen.status !== 504) this.ended.set(check.model, about);
		if (about !== undefined) return { check, seen, unanswered: about, differences: [], rejections };
		return { check, seen, differences: differencesIn(check, seen), rejections };
	}

	/**
	 * Sends a request until the rate limit lets it in: at the times that the node would. Nothing but a
	 * rejection (429, or 503 for an overload) is followed by another try, because anything else may
	 * have been billed.
	 */
	private async send(
		check: Check,
		body: RequestBody,
	): Promise<{ answer?: Answer; unanswered?: string; rejections: number }> {
		const { clock, signal } = this.options;
		const limiter = this.limiterOf(check.model);
		const moment = () => ({ now: clock.now(), timeOfDay: clock.now() });
		const until = clock.now() + PATIENCE_MS;
		for (let rejections = 0; ; rejections++) {
			const { images } = check;
			const at = limiter.departureTime(moment(), images, images);
			if (at > until) return { unanswered: NOT_LET_IN, rejections };
			await clock.wait(Math.max(0, at - clock.now()));
			if (signal.aborted) return { unanswered: 'not asked: the run was ended', rejections };
			const attempt = limiter.depart(moment(), images, images);
			let answer: Answer;
			try {
				answer = await postImages(this.plan.account, body, check.watermark);
			} catch (thrown) {
				limiter.forget(attempt);
				const reason = this.sanitizer.redact(reasonOf(thrown));
				return { unanswered: `${reason}; an image may have been made and billed`, rejections };
			}
			const { status, headers, bytes } = answer;
			if (status !== 429 && status !== 503) {
				if (status === 200) limiter.accept(attempt);
				else limiter.forget(attempt);
				return { answer, rejections };
			}
			const { message } = readFailure(this.sanitizer.redact(bytes.toString('utf8')));
			const isLasting = status === 429 && isDailyLimit(message);
			if (isLasting) return { answer, rejections };
			limiter.reject(attempt, moment(), {
				status,
				retryAfterMs: retryAfterMs(headers.get('retry-after'), clock.now(), headers.get('date')),
			});
		}
	}

	private limiterOf(model: string): RateLimiter {
		const limiter = this.limiters.get(model) ?? new RateLimiter();
		this.limiters.set(model, limiter);
		return limiter;
	}
}
