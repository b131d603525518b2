/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { startSimulator, type LoggedRequest, type SimulatorOptions } from '../../simulator';
import { DOWNLOAD_FAULTS, REPLY_FAULTS, replyFaultOf } from './faults';

/** One request for images, as the service saw it. */
export interface LedgerEntry {
	readonly job: number;
	/** The fault that was applied to its reply. */
	readonly fault?: string;
	/** Images that were made and so billed. */
	readonly made: number;
	/** Links in a reply that was sent completely. */
	readonly handedOver: readonly string[];
}

/** What an account of the service can tell when its jobs have ended. */
export interface Ledger {
	readonly entries: readonly LedgerEntry[];
	/** SHA-256 of the bytes that each link leads to. */
	readonly hashes: Readonly<Record<string, string>>;
	readonly downloads: number;
	/** How many requests for images held the API key. */
	readonly keySeen: number;
}

const MARK = /^#(\d+) (\w+) x(\d+) (\w+) x(\d+) /;
/** On requests of this file, so that no fault applies to them. */
const AUDIT = 'x-audit';

/** What the prompt of a generation asks for. */
function markOf(request: LoggedRequest) {
	const { prompt = '' } = (request.body ?? {}) as { prompt?: string };
	const [, job, reply, replyTimes, download, downloadTimes] = MARK.exec(prompt) ?? [];
	return { job: Number(job), reply, replyTimes, download, downloadTimes };
}

/** A simulator whose faults follow from the prompts, and that keeps account of what it made. */
async function openAccount(options: SimulatorOptions) {
	const applied = new Map<LoggedRequest, string>();
	const used = new Map<string, number>();
	const simulator = await startSimulator(options);

	/** Whether a fault that applies so many times applies once more. */
	const take = (key: string, times: string) => {
		const before = used.get(key) ?? 0;
		if (before >= Number(times)) return false;
		used.set(key, before + 1);
		return true;
	};
	for (const [name, { fault }] of Object.entries(REPLY_FAULTS)) {
		const when = (request: LoggedRequest) => {
			const { job, reply, replyTimes } = markOf(request);
			if (reply !== name || !take(`${job}`, replyTimes)) return false;
			applied.set(request, name);
			return true;
		};
		simulator.fault({ ...fault, times: Infinity, when });
	}
	for (const [name, fault] of Object.entries(DOWNLOAD_FAULTS)) {
		const when = ({ url, headers }: LoggedRequest) => {
			if (headers[AUDIT] !== undefined) return false;
			const maker = simulator.requests.find(({ images }) =>
				images?.some((link) => link.endsWith(url)),
			);
			if (!maker) return false;
			const { download, downloadTimes } = markOf(maker);
			return download === name && take(url, downloadTimes);
		};
		simulator.fault({ ...fault, on: 'image', times: Infinity, when });
	}

	const handedOver = (request: LoggedRequest): readonly string[] => {
		const { images = [], aborted } = request;
		const name = applied.get(request);
		if (aborted) return [];
		const count =
			name === undefined ? images.length : replyFaultOf(name)?.handsOver?.(images.length);
		return images.slice(0, count ?? 0);
	};

	/** Tells what happened, and closes the account. */
	async function close(): Promise<Ledger> {
		const { apiKey, images: downloads } = simulator;
		const entries = simulator.generations.map((request) => ({
			job: markOf(request).job,
			fault: applied.get(request),
			made: request.made,
			handedOver: handedOver(request),
		}));
		const hashes: Record<string, string> = {};
		for (const link of entries.flatMap((entry) => entry.handedOver)) {
			const response = await fetch(link, { headers: { [AUDIT]: '1' } });
			const bytes = Buffer.from(await response.arrayBuffer());
			hashes[link] = createHash('sha256').update(bytes).digest('hex');
		}
		const keySeen = downloads.filter(({ url, headers }) =>
			JSON.stringify([url, headers]).includes(apiKey),
		).length;
		await simulator.close();
		return { entries, hashes, downloads: downloads.length, keySeen };
	}

	return { baseUrl: simulator.baseUrl, close };
}

type Call = { id: number } & ({ open: SimulatorOptions } | { close: true });
type Answer = { id: number; baseUrl?: string; ledger?: Ledger; failed?: string };

/** The service in a process of its own, with any number of accounts. */
export class SoakService {
	private readonly child = fork(__filename, [], { execArgv: ['--import', 'tsx'] });

	private readonly waiting = new Map<number, (answer: Answer) => void>();

	private lastId = 0;

	constructor() {
		this.child.on('message', (answer: Answer) => this.waiting.get(answer.id)?.(answer));
	}

	/** A new account: a simulator with a key and a port of its own. */
	async open(options: SimulatorOptions) {
		const id = ++this.lastId;
		const { baseUrl } = await this.call({ id, open: options });
		const close = async () => (await this.call({ id, close: true })).ledger!;
		return { baseUrl: baseUrl!, close };
	}

	async stop(): Promise<void> {
		const exited = once(this.child, 'exit');
		this.child.kill();
		await exited;
	}

	private async call(call: Call): Promise<Answer> {
		const answer = await new Promise<Answer>((resolve) => {
			this.waiting.set(call.id, resolve);
			this.child.send(call);
		});
		this.waiting.delete(call.id);
		if (answer.failed !== undefined) throw new Error(`The service failed: ${answer.failed}`);
		return answer;
	}
}

if (require.main === module) {
	const accounts = new Map<number, Awaited<ReturnType<typeof openAccount>>>();
	const answer = async (call: Call): Promise<Omit<Answer, 'id'>> => {
		if ('open' in call) {
			const account = await openAccount(call.open);
			accounts.set(call.id, account);
			return { baseUrl: account.baseUrl };
		}
		const ledger = await accounts.get(call.id)!.close();
		accounts.delete(call.id);
		return { ledger };
	};
	process.on('message', (call: Call) => {
		answer(call).then(
			(result) => process.send?.({ id: call.id, ...result }),
			(thrown: Error) => process.send?.({ id: call.id, failed: thrown.stack }),
		);
	});
	process.on('disconnect', () => process.exit(0));
}
