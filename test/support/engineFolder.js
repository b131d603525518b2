const { rmSync } = require('node:fs');
const { folder } = require('../../harness/engine/environment');

afterAll(() => rmSync(folder, { recursive: true, force: true }));
