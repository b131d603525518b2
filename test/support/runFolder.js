const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const remove = () => rmSync(process.env.TEST_RUN_FOLDER, { recursive: true, force: true });

/** One folder for all files of a test run, passed to its processes in the environment. */
module.exports = async () => {
	process.env.TEST_RUN_FOLDER = mkdtempSync(join(tmpdir(), 'siliconflow-image-test-'));
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		process.once(signal, () => {
			remove();
			// With this handler gone, the signal ends the test run as usual.
			process.kill(process.pid, signal);
		});
	}
};

module.exports.teardown = async () => remove();
