import fc from 'fast-check';

/** JSON that no honest service sends, as text, because an object cannot hold all of it. */

/** Half of a pair as well. fast-check's own unit for this computes a table of all characters first. */
const unit = fc.nat(0x10ffff).map((code) => String.fromCodePoint(code));
const anyText = fc.string({ unit });
const anyLongText = fc.string({ unit, maxLength: 2000 });

/** Values in the place of others. Each is text as it stands in JSON, and not all of it is JSON. */
const hostileValues = (key: string) =>
	fc.oneof(
		fc.constantFrom(
			'null',
			'true',
			'[]',
			'{}',
			'""',
			'0',
			'-0',
			'1e999',
			'-1e308',
			'9007199254740993',
			'1'.repeat(400),
			'NaN',
			'undefined',
			'"\\ud800"',
			'"\\udc00\\ud800"',
			'"\\u0000"',
			'"\u202Egpj.exe"',
			'"<a href=\\"https://evil.example\\">log in again</a>"',
			'"javascript:alert(1)"',
			'"http://["',
			'"http://127.0.0.1:1/\\u0000"',
			'"data:image/png;base64,AAAA"',
			'"data:image/png;base64,"',
			'{"__proto__":{"url":"http://127.0.0.1:1/"}}',
			'{"__proto__":null}',
			'{"constructor":{"prototype":1}}',
			'{"toString":1,"valueOf":null,"toJSON":2}',
			'{"length":1e9,"0":{"url":"x"}}',
			'[[[[[[[[[[]]]]]]]]]]',
			'{"url":{"url":{"url":{}}}}',
			`[${'null,'.repeat(3000)}null]`,
			`[${'{"url":"http://127.0.0.1:1/a"},'.repeat(3000)}{}]`,
			`${'['.repeat(20_000)}${']'.repeat(20_000)}`,
			`${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`,
			'['.repeat(45_000),
			`"${'x'.repeat(200_000)}"`,
			`"https://${'a'.repeat(9000)}"`,
			`"${'<'.repeat(50_000)}"`,
			`"${'data:image/png;base64,'.repeat(3000)}"`,
			JSON.stringify(key),
			JSON.stringify(`Bearer ${key} was refused`),
		),
		fc.json(),
		anyText.map((text) => JSON.stringify(text)),
		fc.double().map(String),
	);

const NAMES = ['__proto__', 'constructor', 'toString', 'code', 'message', 'data', 'error', 'url'];

/** Where a value can be replaced: each path from the root, which is the empty one. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
	const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
	return [[...path], ...inner.flatMap(([name, one]) => pathsOf(one, [...path, name]))];
}

/** The value as text, with these texts in place of what is at the paths. */
function write(value: unknown, changes: ReadonlyMap<string, string>, path: string[] = []): string {
	const change = changes.get(path.join('\n'));
	if (change !== undefined) return change;
	if (Array.isArray(value)) {
		return `[${value.map((one, i) => write(one, changes, [...path, String(i)])).join(',')}]`;
	}
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	const entries = Object.entries(value).map(
		([name, one]) => `${JSON.stringify(name)}:${write(one, changes, [...path, name])}`,
	);
	return `{${entries.join(',')}}`;
}

/** A valid value, as it is or with a few of its parts replaced, and with more names in it. */
export function mutated(valid: unknown, key: string): fc.Arbitrary<string> {
	const paths = pathsOf(valid);
	const change = fc.tuple(fc.constantFrom(...paths), hostileValues(key));
	const more = fc.tuple(fc.constantFrom(...NAMES), hostileValues(key));
	return fc
		.tuple(fc.array(change, { maxLength: 3 }), fc.array(more, { maxLength: 2 }))
		.map(([changes, added]) => {
			const texts = changes.map(([path, text]) => [path.join('\n'), text] as const);
			const text = write(valid, new Map(texts));
			if (!text.startsWith('{') || text === '{}') return text;
			const names = added.map(([name, value]) => `${JSON.stringify(name)}:${value},`);
			return `{${names.join('')}${text.slice(1)}`;
		});
}

/** What services, gateways and proxies send in place of JSON. */
export function hostileText(key: string): fc.Arbitrary<string> {
	return fc.oneof(
		hostileValues(key),
		fc.constantFrom(
			'',
			' ',
			'<!doctype html><title>Sign in</title><script>alert(1)</script>',
			`<html>${'<title>'.repeat(20_000)}`,
			`${'<'.repeat(100_000)}`,
			`data:${'a/b;base64,'.repeat(20_000)}`,
			`upstream said: ${key}`,
			'data: {"images":[]}\n\ndata: [DONE]\n\n',
			'{"images":[{"url":"http',
		),
		anyLongText,
	);
}
