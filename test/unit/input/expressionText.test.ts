import { isExpressionText } from '../../../nodes/SiliconFlowImage/input/expressionText';
import { cpuMs } from '../../support/cpuTime';

const MEGABYTES = 4 * 1024 * 1024;
const repeated = (text: string) => text.repeat(MEGABYTES / text.length);

it.each<[string, string]>([
	['opening braces', repeated('{')],
	['pairs of braces', repeated('{{}}')],
	['opening pairs', repeated(`{{${'a'.repeat(198)}`)],
	['opening pairs that touch windows', repeated(`{{{${'a'.repeat(61)}`)],
	['closing braces', repeated('}')],
	['opening braces and one that closes', `${repeated('{')}}}`],
	['dollar signs', repeated('{{ $5 }} ')],
])('a text of millions of %s is no expression, and soon known to be none', (_name, text) => {
	const started = cpuMs();
	expect(isExpressionText(text)).toBe(false);
	expect(cpuMs() - started).toBeLessThan(500);
});

it('an expression is found anywhere in a long text', () => {
	for (const before of [repeated('{'), repeated('{{}}'), repeated('{{ a '), repeated('b')]) {
		expect(isExpressionText(`${before} {{ $json.a }}`)).toBe(true);
	}
});
