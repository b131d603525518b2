import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** The base URL as it was entered, in the forms that people paste, as the expression of `url`. */
const CUSTOM_URL = [
	'String($self["baseUrl"] ?? "")',
	// Characters that nobody sees, such as a zero-width space.
	'.replace(/[\\u0000-\\u001f\\u200b-\\u200f\\u2060\\ufeff]/g, "").trim()',
	// A query or a fragment.
	'.replace(/[?#].*$/, "").replace(/[/ ]+$/, "")',
	// A scheme with too few slashes or capitals, or none at all.
	'.replace(/^(https?):[/]*/i, (_, scheme) => scheme.toLowerCase() + "://")',
	'.replace(/^(?![a-z][a-z0-9+.-]*:[/][/])[/]*(?=[^/])/i, "https://")',
	// The whole address of the endpoint.
	'.replace(/[/]+images[/]+generations$/i, "").replace(/[/]+$/, "")',
	// The version, in small letters.
	'.replace(/([/]v[0-9]+)?$/i, (version) => version.toLowerCase() || "/v1")',
].join('');

/** The key without what pasting adds: blanks around it, characters that nobody sees, the scheme. */
const KEY =
	'String($credentials.apiKey ?? "").replace(/[^ -~]/g, "").trim().replace(/^Bearer +/i, "")';

const REDIRECTED =
	"The address answers with a redirect, which is not followed because it would take the API key to another address. Check 'Region' and 'Base URL', and enter the final address.";

/**
 * The only place that knows how to authenticate: with a key from one of SiliconFlow's two sites, or
 * from a gateway in front of them, sent as a Bearer token.
 */
export class SiliconFlowImageApi implements ICredentialType {
	name = 'siliconFlowImageApi';

	displayName = 'SiliconFlow Image API';

	icon: Icon = {
		light: 'file:../nodes/SiliconFlowImage/siliconFlowImage.svg',
		dark: 'file:../nodes/SiliconFlowImage/siliconFlowImage.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-siliconflow-image/n8n-nodes-siliconflow-image#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
				{ name: 'China (api.siliconflow.cn)', value: 'cn' },
				{ name: 'International (api.siliconflow.com)', value: 'com' },
				{
					name: 'Custom',
					value: 'custom',
					description: 'A SiliconFlow-compatible endpoint at another address',
				},
			],
			default: 'cn',
			description:
				'The site where you have your account. The two sites have separate accounts, keys and models.',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			placeholder: 'e.g. sk-...',
			description: 'A key from the API Keys page of the same site. It begins with sk-.',
			hint: 'Create a key on cloud.siliconflow.cn or cloud.siliconflow.com, under API Keys',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://gateway.example.com/v1',
			description:
				'The address that API paths are added to. If it contains no version, /v1 is added; a query is left out.',
			displayOptions: { show: { region: ['custom'] } },
		},
		{
			displayName: 'URL',
			name: 'url',
			type: 'hidden',
			// Computed once, here, so that the credential test and every request use the same address.
			default: `={{ $self["region"] === "com" ? "https://api.siliconflow.com/v1" : $self["region"] === "custom" ? ${CUSTOM_URL} : "https://api.siliconflow.cn/v1" }}`,
		},
		// Without these two, n8n adds its own, with which any step may send the key to any address.
		{
			displayName: 'Allowed HTTP Request Domains',
			name: 'allowedHttpRequestDomains',
			type: 'options',
			options: [
				{ name: 'All', value: 'all' },
				{ name: 'Specific Domains', value: 'domains' },
				{ name: 'None', value: 'none' },
			],
			default: 'none',
			description:
				'Where an HTTP Request step may send this key; the SiliconFlow Image node works with each choice. With All, everyone who may use this credential can read the key.',
		},
		{
			displayName: 'Allowed Domains',
			name: 'allowedDomains',
			type: 'string',
			default: '',
			placeholder: 'e.g. api.siliconflow.cn, *.example.com',
			description: 'The domains, separated by commas. A * stands for any subdomain.',
			displayOptions: { show: { allowedHttpRequestDomains: ['domains'] } },
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: `=Bearer {{ ${KEY} }}` } },
	};

	// Listing the models is free. Asking for an image would be billed.
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.url}}',
			url: '/models',
			qs: { type: 'image' },
			// A redirect would take the key to another address.
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						"SiliconFlow does not accept this API key. Check that it is complete, and that 'Region' is the site where it was created. A key from one site does not work on the other.",
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message: "There is no SiliconFlow API at this address. Check 'Base URL'.",
				},
			},
			...[301, 302, 303, 307, 308].map((value) => ({
				type: 'responseCode' as const,
				properties: { value, message: REDIRECTED },
			})),
		],
	};
}
