/* eslint-disable no-console */
import { LoggerProxy, type Logger } from 'n8n-workflow';
import { wholeText } from '../../harness/wholeText';
import type { Simulator } from '../../simulator';

/** Everything logged since watchLogs() was called, by n8n's logger or the console. */
const logged: unknown[] = [];

/** How many of these entries were searched for each key: once is enough, as a file logs thousands. */
const searched = new Map<string, number>();

const note = (...args: unknown[]) => void logged.push(args);

/** The lines that steps logged, which a terminal or a log viewer shows. */
const lines: string[] = [];

const watched = new WeakSet<Logger>();

/** Records from now on what steps log. n8n gives all of them this logger. */
export function watchLogger(logger: Logger): void {
	if (watched.has(logger)) return;
	watched.add(logger);
	for (const level of ['error', 'warn', 'info', 'debug'] as const) {
		const log = logger[level].bind(logger);
		logger[level] = (...args) => {
			note(...args);
			lines.push(...args.filter((arg) => typeof arg === 'string'));
			log(...args);
		};
	}
}

/** The lines that steps have logged since the last call. */
export function takeLines(): string[] {
	return lines.splice(0);
}

let watchesConsole = false;

/** Records what is logged from now on past the logger of steps. */
export function watchLogs(): void {
	LoggerProxy.init({ error: note, warn: note, info: note, debug: note } as unknown as Logger);
	if (watchesConsole) return;
	watchesConsole = true;
	for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
		const print = console[level].bind(console);
		console[level] = (...args: unknown[]) => {
			note(...args);
			print(...args);
		};
	}
}

/**
 * Throws when the API key is found in the result of a run (including hidden properties and error
 * causes), in a log line, or in a request for an image.
 *
 * @param run what came of it
 */
export function assertKeyStaysSecret(key: string, run: unknown, simulator: Simulator): void {
	const look = (what: string, value: unknown) => {
		const text = wholeText(value);
		const at = text.indexOf(key);
		if (at >= 0) {
			throw new Error(`The API key is in ${what}: ${text.slice(Math.max(0, at - 300), at + 50)}`);
		}
	};
	look('the data of the run', run);
	const unsearched = logged.slice(searched.get(key));
	searched.set(key, logged.length);
	look('a log line', unsearched);
	look(
		'a request for an image',
		simulator.images.map(({ url, headers }) => ({ url, headers })),
	);
}
