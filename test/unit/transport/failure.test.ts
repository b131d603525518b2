import { Sanitizer } from '../../../nodes/SiliconFlowImage/contract/sanitize';
import { failureOf } from '../../../nodes/SiliconFlowImage/transport/failure';

const unreachable = { kind: 'unreachable', code: 'ECONNREFUSED' } as const;

it.each([
	['https://api.siliconflow.cn/v1', 'https://api.siliconflow.cn'],
	['http://127.0.0.1:8080/a/v1', 'http://127.0.0.1:8080'],
	['https://anna:secret@gateway.example/v1?key=secret#secret', 'https://gateway.example'],
])('Of %s, only scheme, host and port are named', (baseUrl, named) => {
	const { message, description } = failureOf(unreachable, {
		timeoutMs: 1000,
		retryOnTimeout: false,
		baseUrl,
		sanitizer: new Sanitizer('secret'),
	});

	expect(message).toBe(`SiliconFlow cannot be reached at ${named} (ECONNREFUSED)`);
	expect(description).not.toMatch(/anna|secret/);
});
