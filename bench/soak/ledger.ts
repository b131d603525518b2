import { createHash } from 'node:crypto';
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
export async function openAccount(options: SimulatorOptions) {
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
