import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';
import { fromThrown } from '../../../nodes/SiliconFlowImage/transport/outcome';

const SECRET = 'sk-secret-0000';
const node: INode = {
	id: '1',
	name: 'SiliconFlow Image',
	type: 'siliconFlowImage',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/** A fault as Node and axios throw it, with the whole request hanging on it. */
function fault(code: unknown, name = 'Error'): Error {
	return Object.assign(new Error(`failed with ${SECRET}`), {
		name,
		code,
		config: { headers: { authorization: `Bearer ${SECRET}` } },
		cause: { code: 'ECAUSE', message: SECRET },
	});
}

/** The same as n8n's authenticated helper hands it over. */
const wrapped = (code: unknown, name?: string) =>
	new NodeApiError(node, fault(code, name) as unknown as JsonObject);

const CODES: ReadonlyArray<readonly [string, 'unreachable' | 'cut']> = [
	// No connection came to be.
	['ECONNREFUSED', 'unreachable'],
	['ENOTFOUND', 'unreachable'],
	['EAI_AGAIN', 'unreachable'],
	['EAI_FAIL', 'unreachable'],
	['EAI_NONAME', 'unreachable'],
	['EHOSTUNREACH', 'unreachable'],
	['EHOSTDOWN', 'unreachable'],
	['ENETDOWN', 'unreachable'],
	['ENETUNREACH', 'unreachable'],
	['EADDRNOTAVAIL', 'unreachable'],
	['EPROTO', 'unreachable'],
	['ERR_SOCKET_CONNECTION_TIMEOUT', 'unreachable'],
	['UND_ERR_CONNECT_TIMEOUT', 'unreachable'],
	['ERR_INVALID_URL', 'unreachable'],
	// No TLS, or another version of it.
	['ERR_SSL_WRONG_VERSION_NUMBER', 'unreachable'],
	['ERR_TLS_CERT_ALTNAME_INVALID', 'unreachable'],
	['ERR_TLS_HANDSHAKE_TIMEOUT', 'unreachable'],
	// Every code of Node's for a certificate that is not trusted.
	['UNABLE_TO_GET_ISSUER_CERT', 'unreachable'],
	['UNABLE_TO_GET_CRL', 'unreachable'],
	['UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'unreachable'],
	['UNABLE_TO_DECRYPT_CRL_SIGNATURE', 'unreachable'],
	['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'unreachable'],
	['CERT_SIGNATURE_FAILURE', 'unreachable'],
	['CRL_SIGNATURE_FAILURE', 'unreachable'],
	['CERT_NOT_YET_VALID', 'unreachable'],
	['CERT_HAS_EXPIRED', 'unreachable'],
	['CRL_NOT_YET_VALID', 'unreachable'],
	['CRL_HAS_EXPIRED', 'unreachable'],
	['ERROR_IN_CERT_NOT_BEFORE_FIELD', 'unreachable'],
	['ERROR_IN_CERT_NOT_AFTER_FIELD', 'unreachable'],
	['ERROR_IN_CRL_LAST_UPDATE_FIELD', 'unreachable'],
	['ERROR_IN_CRL_NEXT_UPDATE_FIELD', 'unreachable'],
	['DEPTH_ZERO_SELF_SIGNED_CERT', 'unreachable'],
	['SELF_SIGNED_CERT_IN_CHAIN', 'unreachable'],
	['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unreachable'],
	['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unreachable'],
	['CERT_CHAIN_TOO_LONG', 'unreachable'],
	['CERT_REVOKED', 'unreachable'],
	['INVALID_CA', 'unreachable'],
	['PATH_LENGTH_EXCEEDED', 'unreachable'],
	['INVALID_PURPOSE', 'unreachable'],
	['CERT_UNTRUSTED', 'unreachable'],
	['CERT_REJECTED', 'unreachable'],
	['HOSTNAME_MISMATCH', 'unreachable'],
	['UNSPECIFIED', 'unreachable'],
	// A connection that broke, or that may have been made.
	['ECONNRESET', 'cut'],
	['ECONNABORTED', 'cut'],
	['EPIPE', 'cut'],
	['ETIMEDOUT', 'cut'],
	['EAI', 'cut'],
	['UND_ERR_HEADERS_TIMEOUT', 'cut'],
	['UND_ERR_BODY_TIMEOUT', 'cut'],
	['UND_ERR_SOCKET', 'cut'],
	['ERR_STREAM_PREMATURE_CLOSE', 'cut'],
	['ERR_BAD_RESPONSE', 'cut'],
	['ERR_CANCELED', 'cut'],
	['HPE_INVALID_CONSTANT', 'cut'],
	['Z_DATA_ERROR', 'cut'],
	// Not a code of Node's, however near it comes.
	['econnrefused', 'cut'],
	['ECONNREFUSED_', 'cut'],
	['X_ERR_SSL_', 'cut'],
	['IS_UNABLE_TO_', 'cut'],
	['NOT_INVALID_CA', 'cut'],
	['UNSPECIFIED_', 'cut'],
];

describe('A code says whether the request can have been served', () => {
	it.each(CODES)("%s, plain and in n8n's wrapping: %s", (code, kind) => {
		const thrown = wrapped(code);

		expect(thrown.httpCode).toBe(code);
		expect([fault(code), thrown].map(fromThrown)).toStrictEqual(Array(2).fill({ kind, code }));
	});

	it('the code n8n found counts for more than its own', () => {
		const thrown = { httpCode: 'ECONNREFUSED', code: 'ECONNRESET' };

		expect(fromThrown(thrown)).toStrictEqual({ kind: 'unreachable', code: 'ECONNREFUSED' });
	});

	it.each([null, undefined, '', 0, 500])('a httpCode of %j counts for nothing', (httpCode) => {
		const thrown = { httpCode, code: 'ENOTFOUND' };

		expect(fromThrown(thrown)).toStrictEqual({ kind: 'unreachable', code: 'ENOTFOUND' });
	});
});

/** As axios hands over what Node threw: a code of its own, and Node's error as the cause. */
const byAxios = (cause: { code?: string }) => ({ name: 'AxiosError', code: cause.code, cause });
const call = (code: string, syscall?: string) => ({ code, syscall });
const TLS_CUT = 'Client network socket disconnected before secure TLS connection was established';

describe('Where Node says which call failed, that counts', () => {
	it.each<[string, { code?: string }, 'unreachable' | 'cut']>([
		['no answer to connect', call('ETIMEDOUT', 'connect'), 'unreachable'],
		['no answer to a look-up', call('ETIMEDOUT', 'getaddrinfo'), 'unreachable'],
		['a look-up by a DNS server', call('ESERVFAIL', 'queryA'), 'unreachable'],
		['connect, with a code that is not known', call('EWHATEVER', 'connect'), 'unreachable'],
		[
			'no address of several',
			{
				code: 'ETIMEDOUT',
				...{ errors: [call('ETIMEDOUT', 'connect'), call('ENETUNREACH', 'connect')] },
			},
			'unreachable',
		],
		[
			'a handshake that the other side ends',
			{ code: 'ECONNRESET', ...{ message: TLS_CUT } },
			'unreachable',
		],
		['TLS where there is none', call('EPROTO', 'write'), 'unreachable'],
		['no answer on a connection', call('ETIMEDOUT', 'read'), 'cut'],
		['a connection whose route went down', call('EHOSTUNREACH', 'read'), 'cut'],
		['a connection whose network went down', call('ENETDOWN', 'write'), 'cut'],
		[
			'several, of which one was connected',
			{
				code: 'ETIMEDOUT',
				...{ errors: [call('ETIMEDOUT', 'connect'), call('ETIMEDOUT', 'read')] },
			},
			'cut',
		],
		['several without a call', { code: 'ETIMEDOUT', ...{ errors: [null, 7, 'x'] } }, 'cut'],
		['a connection that was reset', call('ECONNRESET', 'read'), 'cut'],
	])('%s', (_name, cause, kind) => {
		const expected = { kind, code: cause.code };

		expect(fromThrown(byAxios(cause))).toStrictEqual(expected);
		// As n8n's authenticated helper wraps it.
		expect(fromThrown({ httpCode: cause.code, cause: byAxios(cause) })).toStrictEqual(expected);
	});

	it('causes that go round in a circle end', () => {
		const circle: Record<string, unknown> = { code: 'ECONNRESET' };
		circle.cause = circle;

		expect(fromThrown(circle)).toStrictEqual({ kind: 'cut', code: 'ECONNRESET' });
	});
});

describe("What n8n's SSRF protection blocks never left", () => {
	const blocked = { kind: 'unreachable', code: "blocked by n8n's SSRF protection" };

	it.each([
		['an address', fault(undefined, 'SsrfBlockedIpError')],
		['a host name', fault(undefined, 'SsrfBlockedHostnameError')],
		['with a code that says otherwise', fault('ECONNRESET', 'SsrfBlockedIpError')],
		['an address, wrapped by n8n', wrapped(undefined, 'SsrfBlockedIpError')],
		['as the cause of a fault', { name: 'AxiosError', cause: { name: 'SsrfBlockedIpError' } }],
		['named in capitals', { name: 'SSRFError' }],
	])('%s', (_name, thrown) => {
		expect(fromThrown(thrown)).toStrictEqual(blocked);
	});

	it.each(['NotSsrfError', 'AxiosError'])('%s is none of it', (name) => {
		expect(fromThrown(fault('ECONNRESET', name)).kind).toBe('cut');
	});
});

describe('Of what is not known, the worst is assumed: it may have been served', () => {
	it.each([
		['an error without a code', new Error(SECRET)],
		['an error without a code, wrapped by n8n', wrapped(undefined)],
		['a code that is a number', fault(111)],
		['an empty code', fault('')],
		['a code in the cause alone', { cause: { code: 'ECONNREFUSED' } }],
		['no cause', { cause: null }],
		['a text', SECRET],
		['a number', 7],
		['undefined', undefined],
		['null', null],
	])('%s', (_name, thrown) => {
		expect(fromThrown(thrown)).toStrictEqual({ kind: 'cut', code: 'unknown' });
	});
});

it.each([
	['a plain fault', fault('ECONNRESET')],
	['one that n8n wrapped', wrapped('ECONNRESET')],
	['one without a code', fault(undefined)],
	['a blocked one', fault(undefined, 'SsrfBlockedIpError')],
	['a bad certificate', wrapped('CERT_HAS_EXPIRED')],
])('Nothing of the request comes along: %s', (_name, thrown) => {
	expect(JSON.stringify(fromThrown(thrown))).not.toMatch(/secret|Bearer|ECAUSE/);
});
