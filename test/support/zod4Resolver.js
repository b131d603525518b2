const { join } = require('node:path');

const ours = [join(__dirname, '..', '..', 'dist'), join(__dirname, '..', '..', 'nodes')];

/** Resolves zod to zod 4 for this package only, because n8n-core needs its own version. */
module.exports = (request, options) => {
	const isOurs = ours.some((directory) => options.basedir.startsWith(directory));
	return options.defaultResolver(request === 'zod' && isOurs ? 'zod4' : request, options);
};
