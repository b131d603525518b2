const { projects } = require('../../jest.config');

/** Set-up with the real npm. It starts some sixty processes, so it is separate from the other tests. */
module.exports = {
	rootDir: '../..',
	displayName: 'setup',
	testMatch: ['<rootDir>/test/setup/*.spec.ts'],
	transform: projects[0].transform,
	testTimeout: 30_000,
};
