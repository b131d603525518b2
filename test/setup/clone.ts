/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { spawn, type ChildProcess } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = join(__dirname, '..', '..');

/** A command that runs. */
export interface Command {
	child: ChildProcess;
	printed: () => string;
	/** The exit status, or the signal that ended it. */
	ended: Promise<number | string>;
}

/** A clone that holds only what set-up needs. */
export class Clone {
	readonly folder = mkdtempSync(join(tmpdir(), 'set-up clone é-'));

	/** @param original a clone to copy, with the times of its files */
	constructor(original?: Clone) {
		if (original) {
			cpSync(original.folder, this.folder, { recursive: true, preserveTimestamps: true });
			return;
		}
		this.add('scripts/setup.mjs');
		this.add('harness/lock.js');
	}

	/** Adds a file, with this text or that of the project. */
	add(part: string, text = readFileSync(join(ROOT, part), 'utf8')): void {
		mkdirSync(dirname(this.path(part)), { recursive: true });
		writeFileSync(this.path(part), text);
	}

	readonly path = (...parts: string[]) => join(this.folder, ...parts);
	readonly has = (...parts: string[]) => existsSync(this.path(...parts));
	readonly read = (...parts: string[]) => readFileSync(this.path(...parts), 'utf8');

	/** Starts a program in the clone, with these variables added to the environment. */
	start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
		const child = spawn(command, args, { cwd: this.folder, env: { ...process.env, ...env } });
		let text = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (more: string) => (text += more));
		}
		const ended = new Promise<number | string>((resolve) => {
			child.once('close', (status, signal) => resolve(status ?? signal ?? -1));
		});
		return { child, printed: () => text, ended };
	}

	remove(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Waits until something is so, for ten seconds at most. */
export async function until(isSo: () => boolean): Promise<void> {
	for (let i = 0; i < 200 && !isSo(); i += 1) await sleep(50);
	if (!isSo()) throw new Error(`Not within ten seconds: ${isSo}`);
}

export function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}
