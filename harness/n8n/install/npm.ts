import { run, type CommandOptions } from '../process/command';
import { ASK_REGISTRY, explainNpmFailure } from '../../npmFailure';
import { UserError } from '../../userError';

/**
 * Runs npm without audits, funding notes and update notices, and returns its output.
 *
 * @throws UserError when the registry cannot be reached, the disk is full or a folder is read-only
 */
export async function npm(args: string[], options: CommandOptions = {}): Promise<string> {
	const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
	// Told to end politely, npm goes on for a quarter of a minute. Only its scripts would outlive it.
	const signal = args.includes('--ignore-scripts') ? 'SIGKILL' : undefined;
	const { status, stdout, stderr } = await run('npm', [...args, ...quiet], { signal, ...options });
	if (status === 0) return stdout;
	const reason = explainNpmFailure(stderr);
	if (reason !== undefined) throw new UserError(reason);
	throw new Error(`npm ${args.join(' ')} ended with status ${status}:\n${stderr.slice(-3000)}`);
}

/** Fails within seconds when the registry cannot be reached; an installation would take minutes. */
export async function requireRegistry(): Promise<void> {
	await npm(ASK_REGISTRY);
}
