const n8n = require('../n8n/jest.config.js');

/** The suite that works the editor as a person does, in a real browser. */
module.exports = {
	...n8n,
	testMatch: ['<rootDir>/test/editor/**/*.spec.ts'],
	globalSetup: '<rootDir>/test/editor/support/globalSetup.ts',
};
