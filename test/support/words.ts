import type { IDataObject, INodeExecutionData, IRun, ITaskData } from 'n8n-workflow';

/** Markup, control and format characters, and halves of surrogate pairs. */
const HARMFUL = /[<>\p{Cc}\p{Cf}\p{Cs}]/u;

/** Most characters of a text that people read at once, and of a link. */
const MAX_CHARACTERS = { text: 5000, link: 8192 };

/** What our items say in words of the node or of the service. The rest is what the user put in. */
const FIELDS = ['error', 'details', 'traceId', 'url', 'urlExpiresAt'];

interface Thrown {
	readonly message?: unknown;
	readonly description?: unknown;
	readonly messages?: unknown;
	readonly context?: unknown;
	readonly cause?: unknown;
	readonly stack?: string;
}

/**
 * Every text of a run that n8n shows to people: exceptions with their details, hints, and what the
 * items of failures and of images say.
 *
 * @param names of our steps in the workflow
 */
export function wordsOf(run: IRun, names: readonly string[]): string[] {
	const { error, runData } = run.data.resultData;
	const tasks = names.flatMap((name): ITaskData[] => runData[name] ?? []);
	return [
		...wordsOfError(error),
		...tasks.flatMap((task) => [
			...wordsOfError(task.error),
			...(task.hints ?? []).map(({ message }) => message),
			...(task.data?.main ?? []).flat().flatMap((item) => wordsOfItem(item)),
		]),
	];
}

/** @throws when a text holds what people must not be shown, or more than they can read */
export function assertWordsAreHarmless(words: readonly string[]): void {
	for (const text of words) {
		const found = HARMFUL.exec(text);
		if (found) {
			const around = JSON.stringify(text.slice(Math.max(0, found.index - 100), found.index + 100));
			throw new Error(`A text for people has ${JSON.stringify(found[0])}: ${around}`);
		}
		const most = /^https?:/.test(text) ? MAX_CHARACTERS.link : MAX_CHARACTERS.text;
		if (text.length > most) throw new Error(`A text for people has ${text.length} characters`);
	}
}

function wordsOfError(error: unknown): string[] {
	if (typeof error !== 'object' || error === null) return [];
	const { message, description, messages, context, cause, stack } = error as Thrown;
	// Below the message, the stack has names of functions, such as <anonymous>.
	const title = stack?.split('\n    at ')[0];
	return [...textsIn([message, description, messages, context, title]), ...wordsOfError(cause)];
}

function wordsOfItem(item: INodeExecutionData | null): string[] {
	if (item === null) return [];
	const json: IDataObject = item.json;
	return [...textsIn(FIELDS.map((field) => json[field])), ...wordsOfError(item.error)];
}

/** All texts inside a value. */
export function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
