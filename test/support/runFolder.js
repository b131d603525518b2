const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** One folder for all files of a test run, passed to its processes in the environment. */
module.exports = async () => {
	process.env.TEST_RUN_FOLDER = mkdtempSync(join(tmpdir(), 'siliconflow-image-test-'));
};

module.exports.teardown = async () => {
	rmSync(process.env.TEST_RUN_FOLDER, { recursive: true, force: true });
};
