/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runWell } from '../process/command';
import { installOnce, type Say } from './installOnce';
import { npm } from './npm';

/** Modules of the newest n8n that call home, need a licence or only make the start longer. */
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

/** An n8n release with the Node it runs on. Pinned: other releases fail to install (see README). */
export interface Release {
	n8n: string;
	node: string;
	/** npm overrides without which the release does not install. */
	overrides?: Record<string, string>;
	/** Of all its packages with an install script, those that need it; others' scripts fail. */
	native: string[];
	/** Modules to leave out; n8n refuses names its release does not know. */
	unusedModules: string[];
	gigabytes: number;
}

/** The newest release that installs from the npm registry alone. */
export const CURRENT: Release = {
	n8n: '2.41.1',
	node: '24.21.0',
	native: ['sqlite3', 'isolated-vm'],
	unusedModules: UNUSED_MODULES,
	gigabytes: 2.9,
};

/** The last line on Node 20. Its own xlsx comes from a host other than the npm registry. */
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
	/** Node and n8n's start script. */
	node: string;
	script: string;
	/** Folder whose node_modules holds n8n. */
	folder: string;
	env: NodeJS.ProcessEnv;
}

/** Installs Node and n8n of a release into the cache, where they are not there yet. */
export async function prepareHost(release: Release, say: Say): Promise<Host> {
	const node = await prepareNode(release.node, say);
	const env = environmentFor(node);
	const script = (folder: string) => join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
	const folder = await installOnce(
		{
			name: `n8n-${release.n8n}`,
			gigabytes: release.gigabytes,
			needsGigabytes: 4,
			install: async (target) => {
				const { overrides } = release;
				const manifest = { private: true, overrides, dependencies: { n8n: release.n8n } };
				writeFileSync(join(target, 'package.json'), JSON.stringify(manifest));
				await npm(['install', '--ignore-scripts'], { cwd: target, env });
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
		env: { ...env, N8N_DISABLED_MODULES: release.unusedModules.join(',') },
	};
}

/** The Node that n8n runs on: this very one if it is of the same line, else one from npm. */
export async function prepareNode(version: string, say: Say): Promise<string> {
	const [major, minor] = version.split('.').map(Number);
	const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
	if (ownMajor === major && ownMinor >= minor) return process.execPath;
	const binary = (folder: string) => join(folder, 'node_modules', 'node', 'bin', 'node');
	const folder = await installOnce(
		{
			name: `node-${version}`,
			gigabytes: 0.2,
			needsGigabytes: 0.5,
			install: async (target) => {
				const manifest = { private: true, dependencies: { node: version } };
				writeFileSync(join(target, 'package.json'), JSON.stringify(manifest));
				// The package's install script puts the binary of this platform in place.
				await npm(['install', '--ignore-scripts=false'], { cwd: target });
			},
			check: async (target) => void (await runWell(binary(target), ['--version'])),
		},
		say,
	);
	return binary(folder);
}

/**
 * This Node first on the path, for npm and for n8n's task runner; and its own headers for native
 * packages, because npm may be set to those of another Node.
 */
export function environmentFor(node: string): NodeJS.ProcessEnv {
	const env: NodeJS.ProcessEnv = {
		PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
	};
	const own = `node-${process.platform}-${process.arch}`;
	const headers = join(dirname(node), '..', 'node_modules', own);
	if (existsSync(join(headers, 'include', 'node'))) env.npm_config_nodedir = headers;
	return env;
}
