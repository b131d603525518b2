const { availableParallelism } = require('node:os');

// For the workers: tests leave much garbage behind, which costs less to collect where there is room.
process.execArgv.push('--max-semi-space-size=64');
// Node 20 optimizes functions sooner than it pays, as the next test file loads them anew. Later
// versions have another compiler in between, and no such option.
if (process.versions.node.startsWith('20.')) process.execArgv.push('--interrupt-budget=400000');
// Memory that is touched for the first time costs much on a virtual machine, so take large pages.
process.env.GLIBC_TUNABLES ??= 'glibc.malloc.hugetlb=1';
// No test leaves this machine, and Node 20 reads these certificates whenever one starts a process.
delete process.env.NODE_EXTRA_CA_CERTS;

/**
 * CommonJS on purpose, because n8n-core is CommonJS and the `import` conditions of n8n's packages
 * point to sources that are not shipped.
 */
const base = {
	testEnvironment: '<rootDir>/test/support/plainEnvironment.js',
	runtime: '<rootDir>/test/support/plainRuntime.js',
	setupFiles: ['<rootDir>/harness/engine/environment.js'],
	transform: {
		'^.+\\.ts$': [
			'@swc/jest',
			{
				jsc: {
					target: 'es2022',
					parser: { syntax: 'typescript', decorators: true },
					transform: { decoratorMetadata: true, legacyDecorator: true },
				},
			},
		],
	},
};

module.exports = {
	testTimeout: 30_000,
	// Much of the time, tests wait.
	maxWorkers: 2 * availableParallelism(),
	globalSetup: '<rootDir>/test/support/runFolder.js',
	globalTeardown: '<rootDir>/test/support/runFolderTeardown.js',
	projects: [
		{ ...base, displayName: 'node', testMatch: ['<rootDir>/test/**/*.test.ts'] },
		{
			...base,
			// The node uses n8n's zod, which is zod 3 today and may be zod 4 later.
			displayName: 'zod 4',
			testMatch: ['<rootDir>/test/contract/*.test.ts', '<rootDir>/test/stories/generate.test.ts'],
			resolver: '<rootDir>/test/support/zod4Resolver.js',
		},
	],
};
