/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { runWell } from '../process/processes';
import { installOnce, type Say } from './installOnce';
import { npm } from './npm';

/** Modules of the newest n8n that call home, need a license or only slow down the start. */
const UNUSED_MODULES = [
	'agents',
	'chat-hub',
	'dynamic-credentials',
	'external-secrets',
	'instance-ai',
	'ldap',
	'log-streaming',
	'mcp',
	'mcp-registry',
	'n8n-packages',
	'otel',
	'provisioning',
	'quick-connect',
	'source-control',
	'sso-oidc',
	'sso-saml',
	'token-exchange',
	'workflow-builder',
	'workflow-reviews',
];

/** Settings for an n8n that only this machine can reach and that contacts no other host. */
const QUIET_SETTINGS: Readonly<Record<string, string>> = {
	// As in n8n's Docker image. With jest's `test`, n8n would skip half of its startup.
	NODE_ENV: 'production',
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_HOST: '127.0.0.1',
	N8N_PROTOCOL: 'http',
	N8N_SECURE_COOKIE: 'false',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
	N8N_REINSTALL_MISSING_PACKAGES: 'false',
	N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
	N8N_PYTHON_ENABLED: 'false',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
	N8N_AI_ASSISTANT_BASE_URL: '',
	NO_COLOR: '1',
};

/**
 * An n8n release and the Node version it runs on. Pinned, because some other releases do not install:
 * `pinned/` holds a lock file of each, with the digest of every package. To make one for another
 * release, run with its Node, in a folder with the manifest that `prepareHost` or `prepareNode` writes:
 * npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
 */
export interface Release {
	n8n: string;
	node: string;
	/** npm overrides that the release needs to install. */
	overrides?: Record<string, string>;
	/**
	 * The packages whose install scripts must run. Those of others fail. A lock file does not cover
	 * what they download: sqlite3's fetches a binary, or compiles one if it cannot.
	 */
	native: string[];
	/** Modules to disable. n8n refuses names that the release does not know. */
	unusedModules: string[];
	gigabytes: number;
}

/** The newest release that installs from the npm registry alone. `npm start` uses it. */
export const CURRENT: Release = {
	n8n: '2.41.1',
	node: '24.21.0',
	native: ['sqlite3', 'isolated-vm'],
	unusedModules: UNUSED_MODULES,
	gigabytes: 2.9,
};

/** The last release line on Node 20, for tests. Its xlsx dependency is not on the npm registry. */
export const OLDER: Release = {
	n8n: '2.8.4',
	node: '20.20.2',
	overrides: { xlsx: '0.18.5' },
	native: ['sqlite3'],
	unusedModules: [],
	gigabytes: 2.3,
};

/** An n8n that can be started. */
export interface Host {
	release: Release;
	/** Paths of Node and of n8n's start script. */
	node: string;
	script: string;
	/** The folder whose node_modules holds n8n. */
	folder: string;
	/** What n8n and its Node need, and what keeps n8n from contacting other hosts. */
	env: NodeJS.ProcessEnv;
}

/** Installs a release of n8n and its Node into the cache, unless they are already there. */
export async function prepareHost(release: Release, say: Say): Promise<Host> {
	const node = await prepareNode(release.node, say);
	const env = environmentFor(node);
	const script = (folder: string) => join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
	const folder = await installOnce(
		{
			name: `n8n-${release.n8n}`,
			gigabytes: release.gigabytes,
			needsGigabytes: 4,
			install: async (target, say) => {
				const { overrides } = release;
				const manifest = { private: true, overrides, dependencies: { n8n: release.n8n } };
				writeFileSync(join(target, 'package.json'), JSON.stringify(manifest));
				copyFileSync(lockOf(`n8n-${release.n8n}`), join(target, 'package-lock.json'));
				await npm(['ci', '--ignore-scripts'], { cwd: target, env });
				say('building native modules');
				await npm(['rebuild', ...release.native], { cwd: target, env });
			},
			check: async (target) => {
				const load = release.native.map((name) => `require(${JSON.stringify(name)})`).join();
				await runWell(node, ['-e', load], { cwd: target });
				const version = await runWell(node, [script(target), '--version'], { env });
				if (version.trim() !== release.n8n) throw new Error(`n8n says it is ${version}`);
			},
		},
		say,
	);
	return {
		release,
		node,
		script: script(folder),
		folder,
		env: { ...env, ...QUIET_SETTINGS, N8N_DISABLED_MODULES: release.unusedModules.join(',') },
	};
}

function lockOf(name: string): string {
	return join(__dirname, 'pinned', `${name}.json`);
}

/** The package with the binary of Node for this platform. */
const OWN_NODE = `node-${process.platform}-${process.arch}`;

/** The packages of Node with this version that a lock file has the digests of, by platform. */
function lockedNodes(version: string): Readonly<Record<string, string>> {
	const lock = lockOf(`node-${version}`);
	if (!existsSync(lock)) return {};
	const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as {
		packages: { '': { optionalDependencies: Record<string, string> } };
	};
	return packages[''].optionalDependencies;
}

/** The path of a suitable Node: the current one if its major version matches, else one from npm. */
export async function prepareNode(version: string, say: Say): Promise<string> {
	const [major, minor] = version.split('.').map(Number);
	const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
	if (ownMajor === major && ownMinor >= minor) return process.execPath;
	const optionalDependencies = lockedNodes(version);
	const isLocked = OWN_NODE in optionalDependencies;
	const name = isLocked ? OWN_NODE : 'node';
	const binary = (folder: string) => join(folder, 'node_modules', name, 'bin', 'node');
	const folder = await installOnce(
		{
			name: `${name}-${version}`,
			gigabytes: 0.2,
			needsGigabytes: 0.5,
			install: async (target) => {
				if (isLocked) {
					const manifest = { private: true, optionalDependencies };
					writeFileSync(join(target, 'package.json'), JSON.stringify(manifest));
					copyFileSync(lockOf(`node-${version}`), join(target, 'package-lock.json'));
					return void (await npm(['ci', '--ignore-scripts'], { cwd: target }));
				}
				// On other platforms, the install script of `node` installs the package with the binary.
				const manifest = { private: true, dependencies: { node: version } };
				writeFileSync(join(target, 'package.json'), JSON.stringify(manifest));
				await npm(['install', '--ignore-scripts=false'], { cwd: target });
			},
			check: async (target) => void (await runWell(binary(target), ['--version'])),
		},
		say,
	);
	return binary(folder);
}

/**
 * Puts this Node first on the path, for npm and for n8n's task runner, and uses its headers for
 * native packages, because npm may be configured with those of another Node.
 */
export function environmentFor(node: string): NodeJS.ProcessEnv {
	const env: NodeJS.ProcessEnv = {
		PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
	};
	const installed = join(dirname(node), '..');
	const headers =
		basename(installed) === OWN_NODE ? installed : join(installed, 'node_modules', OWN_NODE);
	if (existsSync(join(headers, 'include', 'node'))) env.npm_config_nodedir = headers;
	return env;
}
