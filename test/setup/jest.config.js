const { projects, ...settings } = require('../../jest.config');

/**
 * The suite of what npm scripts do before their work, and of what `npm start` does around n8n. It
 * starts more than a hundred processes and tests nothing of the node, so it is separate from the
 * tests of the node.
 */
module.exports = {
	...settings,
	...projects[0],
	rootDir: '../..',
	displayName: 'setup',
	testMatch: ['<rootDir>/test/setup/*.spec.ts'],
};
