/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { SimulatorOptions } from '../../simulator';
import { openAccount, type Ledger } from './ledger';

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
