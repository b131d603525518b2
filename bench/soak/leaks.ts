/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { sleep, type Logger } from 'n8n-workflow';
import { wholeText } from '../../harness/wholeText';

const MB = 1024 * 1024;

/** Looks for API keys in everything that is logged, by n8n's logger or the console, from now on. */
export class KeyWatch {
	/** Where a key was seen. */
	readonly seen: string[] = [];

	private readonly keys = new Set<string>();

	private readonly watched = new WeakSet<Logger>();

	constructor() {
		for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
			const print = console[level].bind(console);
			console[level] = (...args: unknown[]) => {
				this.look('a log line', args);
				print(...args);
			};
		}
	}

	/** Looks from now on at what steps log, which have one logger in a process. */
	watchLogger(logger: Logger): void {
		if (this.watched.has(logger)) return;
		this.watched.add(logger);
		for (const level of ['error', 'warn', 'info', 'debug'] as const) {
			const log = logger[level].bind(logger);
			logger[level] = (...args) => {
				this.look('a log line', args);
				log(...args);
			};
		}
	}

	add(key: string): void {
		this.keys.add(key);
	}

	/** When nothing with this key runs any more. */
	remove(key: string): void {
		this.keys.delete(key);
	}

	/** Looks into a value, hidden properties and error causes included. */
	look(what: string, value: unknown): void {
		const text = wholeText(value);
		for (const key of this.keys) {
			const at = text.indexOf(key);
			if (at >= 0) this.seen.push(`${what}: ${text.slice(Math.max(0, at - 200), at)}<KEY>`);
		}
	}
}

/** Counts the listeners that are left on the cancel signals of finished runs. */
export class SignalWatch {
	/** How many runs had how many listeners left. */
	readonly left: Record<number, number> = {};

	ended(signal: AbortSignal): void {
		const count = getEventListeners(signal, 'abort').length;
		this.left[count] = (this.left[count] ?? 0) + 1;
	}
}

/** Rejections that nobody handled, from now on. */
export function watchRejections(): string[] {
	const rejections: string[] = [];
	process.on('unhandledRejection', (reason) => void rejections.push(inspect(reason)));
	return rejections;
}

/** Used heap after garbage collection, in MB. Needs `--expose-gc`. */
export async function heapMb(): Promise<number> {
	for (let i = 0; i < 3; i++) {
		global.gc!();
		await sleep(50);
	}
	return process.memoryUsage().heapUsed / MB;
}

/** What keeps the process busy: handles by type, and the listeners of the process. */
export function resources(): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const type of process.getActiveResourcesInfo()) counts[type] = (counts[type] ?? 0) + 1;
	const listeners = process.eventNames().map((name) => process.listenerCount(name));
	counts['listeners of the process'] = listeners.reduce((sum, count) => sum + count, 0);
	return counts;
}

/** What there is more of than before, once it had ten seconds to go away. */
export async function leftBehind(before: Record<string, number>): Promise<string[]> {
	for (let tries = 0; ; tries++) {
		const more = Object.entries(resources())
			.filter(([type, count]) => count > (before[type] ?? 0))
			.map(([type, count]) => `${type}: ${count}, before ${before[type] ?? 0}`);
		if (more.length === 0 || tries === 40) return more;
		await sleep(250);
	}
}
