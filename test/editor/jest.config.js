const n8n = require('../n8n/jest.config.js');

/** The suite that uses the editor in a real browser, as a person does. */
module.exports = {
	...n8n,
	testMatch: [
		'<rootDir>/test/editor/**/*.spec.ts',
		// Not a test: it renews the recording in the README.
		...(process.env.UPDATE_SCREENSHOTS === '1' ? ['<rootDir>/test/editor/recording.ts'] : []),
	],
	globalSetup: '<rootDir>/test/editor/support/globalSetup.ts',
};
