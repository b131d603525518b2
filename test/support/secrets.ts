/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console */
import { inspect } from 'node:util';
import { LoggerProxy, type Logger } from 'n8n-workflow';
import type { Simulator } from '../../simulator';

/** Everything logged and not yet searched for the key, by n8n's logger or the console. */
const logged: unknown[] = [];

const note = (...args: unknown[]) => void logged.push(args);

/** The lines that steps logged, which a terminal or a log viewer shows. */
const lines: string[] = [];

const watcher = Symbol.for('what a test does with a log line');

interface WatchedLogger extends Logger {
	[watcher]?: (...args: unknown[]) => void;
}

/**
 * Records from now on what steps log. n8n gives all of them this logger, which outlives a test file,
 * so another file's record is replaced.
 */
export function watchLogger(logger: WatchedLogger): void {
	if (logger[watcher] === undefined) {
		for (const level of ['error', 'warn', 'info', 'debug'] as const) {
			const log = logger[level].bind(logger);
			logger[level] = (...args) => {
				logger[watcher]?.(...args);
				log(...args);
			};
		}
	}
	logger[watcher] = (...args) => {
		note(...args);
		lines.push(...args.filter((arg) => typeof arg === 'string'));
	};
}

/** The lines that steps have logged since the last call. */
export function takeLines(): string[] {
	return lines.splice(0);
}

/** Records what is logged from now on past the logger of steps. */
export function watchLogs(): void {
	LoggerProxy.init({ error: note, warn: note, info: note, debug: note } as unknown as Logger);
	for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
		const print = console[level].bind(console);
		console[level] = (...args: unknown[]) => {
			note(...args);
			print(...args);
		};
	}
}

/** Shows all that a value holds. */
const WHOLE = {
	depth: Infinity,
	showHidden: true,
	// Otherwise, what follows the hundredth entry is left out. No list here is longer than this; the
	// bytes of an image are.
	maxArrayLength: 10_000,
	maxStringLength: null,
};

/**
 * Throws when the API key is found in the result of a run (including hidden properties and error
 * causes), in a log line, or in a request for an image.
 *
 * @param run what came of it
 */
export function assertKeyStaysSecret(key: string, run: unknown, simulator: Simulator): void {
	const look = (what: string, value: unknown) => {
		const text = inspect(value, WHOLE);
		const at = text.indexOf(key);
		if (at >= 0) {
			throw new Error(`The API key is in ${what}: ${text.slice(Math.max(0, at - 300), at + 50)}`);
		}
	};
	look('the data of the run', run);
	// Each line is looked at once, because a file logs thousands.
	look('a log line', logged.splice(0));
	look(
		'a request for an image',
		simulator.images.map(({ url, headers }) => ({ url, headers })),
	);
}
