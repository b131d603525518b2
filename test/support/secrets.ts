/* eslint-disable no-console */
import { LoggerProxy, type Logger } from 'n8n-workflow';
import type { Simulator } from '../../simulator';

/** Everything logged since watchLogs() was called, by n8n's logger or the console. */
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

/** What surrounds a text in a value (in its strings and bytes, at any depth, also hidden ones). */
function findText(text: string, root: unknown): string | undefined {
	const seen = new Set<unknown>();
	const rest = [root];
	while (rest.length > 0) {
		const value = rest.pop();
		if (typeof value === 'string') {
			const at = value.indexOf(text);
			if (at >= 0) return value.slice(Math.max(0, at - 300), at + text.length + 30);
			continue;
		}
		const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
		if (!isObject || seen.has(value)) continue;
		seen.add(value);
		if (ArrayBuffer.isView(value)) {
			const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
			if (bytes.includes(text)) rest.push(bytes.toString());
			continue;
		}
		if (value instanceof Map || value instanceof Set) {
			for (const entry of value.entries()) rest.push(entry);
		}
		for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
			rest.push(name, property.value);
		}
		for (const symbol of Object.getOwnPropertySymbols(value)) {
			rest.push(Object.getOwnPropertyDescriptor(value, symbol)?.value);
		}
	}
	return undefined;
}

/**
 * Throws when the API key is found in the result of a run (including hidden properties and error
 * causes), in a line logged since the last run, or in a request for an image.
 *
 * @param run what came of it
 */
export function assertKeyStaysSecret(key: string, run: unknown, simulator: Simulator): void {
	const look = (what: string, value: unknown) => {
		const found = findText(key, value);
		if (found !== undefined) throw new Error(`The API key is in ${what}: ${found}`);
	};
	look('the data of the run', run);
	look('a log line', logged.splice(0));
	look(
		'a request for an image',
		simulator.images.map(({ url, headers }) => ({ url, headers })),
	);
}
