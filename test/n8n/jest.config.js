/** The suite against the real n8n. Slow and heavy, so apart from the unit tests. */
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
	// Every file has folders, ports and processes of its own; two n8n are what two cores can bear.
	maxWorkers: 2,
};
