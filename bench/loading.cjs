// Measures how long the node and its credential take to load after n8n-workflow, in milliseconds.
const { join } = require('node:path');
const dist = join(__dirname, '..', 'dist');

require('n8n-workflow');
const started = performance.now();
new (require(join(dist, 'nodes/SiliconFlowImage/SiliconFlowImage.node.js')).SiliconFlowImage)();
new (require(join(dist, 'credentials/SiliconFlowImageApi.credentials.js')).SiliconFlowImageApi)();
process.send(performance.now() - started);
