/** Words that mean harm, for every place where words of others come in. */

/** The simulator's own key, which a gateway may echo. */
export const ECHOED = 'sk-simulator-0000';
/** Its beginning, which is left of it where a text is cut too early. */
export const PART_OF_KEY = 'sk-s';

const HIDDEN_KEY = 'sk-s\u200bimulator\u202e-0000';
const LONG = 'x'.repeat(10_000);

/** Where texts are cut: values, trace ids, words of the service in two places, whole messages. */
const CUTS = [60, 100, 200, 500, 1000];

/** A link, a terminal escape, turned direction, half a surrogate pair, the key in two forms, much text. */
export const HOSTILE = `<a href="https://evil.example">Log in</a>\u001b[31m\u202e\ud800 ${ECHOED} ${HIDDEN_KEY} ${LONG}`;

/** What is left of a link when it is none. */
export const HARMLESS = 'a href="https://evil.example"Log in/a[31m';

export const HOSTILE_WORDS: ReadonlyArray<readonly [string, string]> = [
	['markup and everything else', HOSTILE],
	...CUTS.flatMap((at) => [
		[`the key where ${at} characters end`, 'y'.repeat(at - 5) + ECHOED + LONG] as const,
		[`a hidden key where ${at} characters end`, 'y'.repeat(at - 5) + HIDDEN_KEY + LONG] as const,
	]),
];

/** Headers hold Latin characters only; the soft hyphen is one that nobody sees. */
export const HOSTILE_HEADER = `<a href="https://evil.example">Log in</a>${ECHOED}sk-s\u00adimulator-0000${'x'.repeat(5000)}`;
