/** The suite that runs the real n8n. It is slow, so it is separate from the other tests. */
module.exports = {
	rootDir: '../..',
	testEnvironment: 'node',
	testMatch: ['<rootDir>/test/n8n/**/*.spec.ts'],
	globalSetup: '<rootDir>/test/n8n/support/globalSetup.ts',
	globalTeardown: '<rootDir>/test/n8n/support/globalTeardown.ts',
	transform: {
		'^.+\\.ts$': [
			'@swc/jest',
			{ jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } } },
		],
	},
	testTimeout: 180_000,
	// Every file uses its own folders, ports and processes. Two cores can run two n8n.
	maxWorkers: 2,
};
