import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

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
				{ name: 'Custom', value: 'custom', description: 'Your own gateway or proxy' },
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
			description: 'A key from the API Keys page of the same site',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://gateway.example.com/v1',
			description:
				'The address that API paths are added to. If it contains no version, /v1 is added.',
			displayOptions: { show: { region: ['custom'] } },
		},
		{
			displayName: 'URL',
			name: 'url',
			type: 'hidden',
			// Computed once, here, so that the credential test and every request use the same address.
			default:
				'={{ $self["region"] === "com" ? "https://api.siliconflow.com/v1" : $self["region"] === "custom" ? String($self["baseUrl"] ?? "").trim().replace(/[/]+$/, "").replace(/[/]images[/]generations$/, "").replace(/[/]+$/, "").replace(/([/]v[0-9]+)?$/, (version) => version || "/v1") : "https://api.siliconflow.cn/v1" }}',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: { Authorization: '=Bearer {{String($credentials.apiKey ?? "").trim()}}' },
		},
	};

	// Listing the models is free. Asking for an image would be billed.
	test: ICredentialTestRequest = {
		request: { baseURL: '={{$credentials.url}}', url: '/models', qs: { type: 'image' } },
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
		],
	};
}
