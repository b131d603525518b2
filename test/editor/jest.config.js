const n8n = require('../n8n/jest.config.js');

/** The suite that uses the editor in a real browser, as a person does. */
module.exports = {
	...n8n,
	testMatch: ['<rootDir>/test/editor/**/*.spec.ts'],
	globalSetup: '<rootDir>/test/editor/support/globalSetup.ts',
};
