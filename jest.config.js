/**
 * CommonJS on purpose, because n8n-core is CommonJS and the `import` conditions of n8n's packages
 * point to sources that are not shipped.
 */
const base = {
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

const plain = {
	...base,
	testEnvironment: '<rootDir>/test/support/plainEnvironment.js',
	runtime: '<rootDir>/test/support/plainRuntime.js',
};

/** The node uses n8n's zod, which is zod 3 today and may be zod 4 later. */
const zod4 = { resolver: '<rootDir>/test/support/zod4Resolver.js' };

module.exports = {
	testTimeout: 30_000,
	// jest leaves one core out, which is half of two. More workers make tests that measure time fail.
	maxWorkers: '100%',
	globalSetup: '<rootDir>/test/support/runFolder.js',
	globalTeardown: '<rootDir>/test/support/runFolderTeardown.js',
	projects: [
		{ ...plain, displayName: 'node', testMatch: ['<rootDir>/test/**/*.test.ts'] },
		{
			...plain,
			...zod4,
			displayName: 'zod 4',
			testMatch: ['<rootDir>/test/contract/*.test.ts'],
		},
		{
			...base,
			...zod4,
			displayName: 'zod 4 in n8n',
			testMatch: ['<rootDir>/test/stories/generate.test.ts'],
			// Only jest's sandbox can give another zod to what n8n loads.
			testEnvironment: 'node',
		},
	],
};
