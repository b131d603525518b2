/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { spawn, type ChildProcess } from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
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

/** A clone that holds only what set-up needs, with a fake npm, so that set-up is quick and offline. */

const ROOT = join(__dirname, '..', '..');
const PARTS = [
	'scripts/setup.mjs',
	'harness/lock.js',
	'harness/npmFailure.js',
	'harness/n8n/process/leash.mjs',
];

/** One call of npm. */
interface Call {
	args: string[];
	pid: number;
	key?: string;
	/** Whether there was a node_modules folder. */
	wasThere: boolean;
}

export interface Command {
	child: ChildProcess;
	printed: () => string;
	/** The exit status, or the signal that ended it. */
	ended: Promise<number | string>;
}

export class Clone {
	readonly folder = mkdtempSync(join(tmpdir(), 'set-up clone é-'));

	/** @param original a clone to copy, with what was installed and recorded there */
	constructor(original?: Clone) {
		if (original) {
			cpSync(original.folder, this.folder, { recursive: true });
			return;
		}
		for (const part of PARTS) this.add(part);
		this.add('package-lock.json', '{}');
		mkdirSync(this.path('bin'));
		copyFileSync(join(__dirname, 'fakeNpm.sh'), this.path('bin', 'npm'));
		chmodSync(this.path('bin', 'npm'), 0o755);
	}

	/** Adds a file, with this text or that of the project. */
	add(part: string, text = readFileSync(join(ROOT, part), 'utf8')): void {
		mkdirSync(dirname(this.path(part)), { recursive: true });
		writeFileSync(this.path(part), text);
	}

	readonly path = (...parts: string[]) => join(this.folder, ...parts);
	readonly has = (...parts: string[]) => existsSync(this.path(...parts));

	/**
	 * Starts set-up.
	 *
	 * @param fakeNpm what npm does; see fakeNpm.sh
	 * @param nodeArgs arguments of Node before the script
	 * @param script another script of the clone
	 */
	start(
		fakeNpm = 'install',
		env: NodeJS.ProcessEnv = {},
		nodeArgs: string[] = [],
		script = 'setup.mjs',
	): Command {
		const child = spawn(process.execPath, [...nodeArgs, this.path('scripts', script)], {
			env: {
				...process.env,
				PATH: `${this.path('bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
				FAKE_NPM: fakeNpm,
				FAKE_NPM_LOG: this.path('calls'),
				...env,
			},
		});
		let text = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (more: string) => (text += more));
		}
		const ended = new Promise<number | string>((resolve) =>
			child.once('close', (status, signal) => resolve(status ?? signal ?? -1)),
		);
		return { child, printed: () => text, ended };
	}

	/** Runs set-up to its end. */
	async run(
		...args: Parameters<Clone['start']>
	): Promise<{ status: number | string; text: string }> {
		const command = this.start(...args);
		const status = await command.ended;
		return { status, text: command.printed() };
	}

	calls(): Call[] {
		if (!this.has('calls')) return [];
		const lines = readFileSync(this.path('calls'), 'utf8').trim().split('\n');
		return lines.map((line) => JSON.parse(line) as Call);
	}

	/** The calls that install. The others ask for the registry. */
	readonly installs = () => this.calls().filter(({ args }) => args[0] === 'install');

	async waitForInstall(): Promise<void> {
		await until(() => this.installs().length > 0);
	}

	remove(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Waits until something is so, for ten seconds at most. */
export async function until(isSo: () => boolean): Promise<void> {
	for (let i = 0; i < 200 && !isSo(); i += 1) await sleep(50);
}

export function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}
