const { configureGlobal } = require('fast-check');

// A counterexample alone does not say what went wrong: jest prints no cause of an error.
configureGlobal({ includeErrorInReport: true });
