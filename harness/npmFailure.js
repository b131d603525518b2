// Why npm failed, in words that say what to do. Plain CommonJS, because scripts/setup.mjs uses it
// before anything is installed.

const UNREACHABLE =
	/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED/;

/** npm's arguments for a question that fails within seconds when the registry cannot be reached. */
const ASK_REGISTRY = ['view', 'node', 'version', '--fetch-retries=0', '--fetch-timeout=20000'];

/**
 * @param {string} stderr what npm printed
 * @returns {string | undefined} undefined if the reason is not one of these
 */
function explainNpmFailure(stderr) {
	if (/ENOSPC/.test(stderr)) return 'The disk is full. Free up space, then run the command again.';
	if (UNREACHABLE.test(stderr)) {
		return 'Cannot reach the npm registry. Check the network and the proxy settings of npm, then run the command again.';
	}
	const [, path] = /(?:EACCES|EPERM|EROFS)[^\n]*?'([^']+)'/.exec(stderr) ?? [];
	if (path !== undefined) return `npm may not write to ${path}. Change its owner or permissions.`;
	return undefined;
}

module.exports = { ASK_REGISTRY, explainNpmFailure };
