const { join } = require('node:path');

const ours = [join(__dirname, '..', '..', 'dist'), join(__dirname, '..', '..', 'nodes')];

/** Gives this package zod 4 in place of zod 3, and nobody else: n8n-core needs its own. */
module.exports = (request, options) => {
	const isOurs = ours.some((directory) => options.basedir.startsWith(directory));
	return options.defaultResolver(request === 'zod' && isOurs ? 'zod4' : request, options);
};
