import { run, type CommandOptions } from '../process/command';
import { UserError } from '../../userError';

const UNREACHABLE =
	/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ENOTCACHED/;

/**
 * Runs npm without audits, funding notes and update notices, and returns its output.
 *
 * @throws UserError when the registry cannot be reached or the disk is full
 */
export async function npm(args: string[], options: CommandOptions = {}): Promise<string> {
	const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
	const { status, stdout, stderr } = await run('npm', [...args, ...quiet], options);
	if (status === 0) return stdout;
	if (stderr.includes('ENOSPC'))
		throw new UserError('The disk is full. Free up space, then run the command again.');
	if (UNREACHABLE.test(stderr)) {
		throw new UserError(
			'Cannot reach the npm registry. Check the network and the proxy settings of npm, then run the command again.',
		);
	}
	throw new Error(`npm ${args.join(' ')} ended with status ${status}:\n${stderr.slice(-3000)}`);
}

/** Fails within seconds when the registry cannot be reached; an installation would take minutes. */
export async function requireRegistry(): Promise<void> {
	await npm(['view', 'node', 'version', '--fetch-retries=0', '--fetch-timeout=20000']);
}
