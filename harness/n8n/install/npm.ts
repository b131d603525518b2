import { UserError } from '../../userError';
import { run, type CommandOptions } from '../process/processes';

/**
 * Runs npm without audits, funding notes and update notices, and returns its output.
 *
 * @throws UserError with npm's own words when it fails
 */
export async function npm(args: string[], options: CommandOptions = {}): Promise<string> {
	const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
	// Told to end politely, npm goes on for a quarter of a minute. Only its scripts would outlive it.
	const signal = args.includes('--ignore-scripts') ? 'SIGKILL' : undefined;
	const { status, stdout, stderr } = await run('npm', [...args, ...quiet], { signal, ...options });
	if (status === 0) return stdout;
	throw new UserError(
		`${stderr.slice(-3000)}\nnpm ${args[0]} ended with status ${status}. It needs the npm registry and space on the disk: check the network, the proxy and npm config ls, then run the command again.`,
	);
}
