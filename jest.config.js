/** Folders whose tests need no engine of n8n: logic without I/O, the panel, the simulator, the papers. */
const UNIT = ['unit', 'contract', 'description', 'simulator', 'live', 'package'];

const base = {
	setupFiles: ['<rootDir>/test/support/propertyTests.js'],
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

/** For test files that run the node in n8n's engine. */
const engine = { ...base, setupFilesAfterEnv: ['<rootDir>/test/support/engineFolder.js'] };

/** The folder of a test file decides its project. */
module.exports = {
	testTimeout: 30_000,
	maxWorkers: '100%',
	projects: [
		{
			...base,
			displayName: 'unit',
			testMatch: UNIT.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
		},
		{
			...engine,
			displayName: 'engine',
			testMatch: ['<rootDir>/test/**/*.test.ts'],
			testPathIgnorePatterns: UNIT.map((folder) => `<rootDir>/test/${folder}/`),
		},
		{
			...engine,
			// The node uses n8n's zod, which is zod 3 today and may be zod 4 later.
			displayName: 'zod 4',
			testMatch: [
				'<rootDir>/test/contract/*.test.ts',
				'<rootDir>/test/stories/{batches,bodies,generate}.test.ts',
			],
			resolver: '<rootDir>/test/support/zod4Resolver.js',
		},
	],
};
