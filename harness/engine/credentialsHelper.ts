import { Credentials, type PackageDirectoryLoader } from 'n8n-core';
import {
	ICredentialsHelper,
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IHttpRequestOptions,
	type INode,
	type INodeParameters,
	type INodeTypes,
} from 'n8n-workflow';

/**
 * Credentials from a map. n8n's own class for this is part of its server and needs a database. This
 * one treats a decrypted credential the same way, with the same n8n-workflow calls: it fills in
 * defaults, resolves expressions and applies generic authentication.
 */
export class MapCredentialsHelper extends ICredentialsHelper {
	constructor(
		private readonly loader: PackageDirectoryLoader,
		private readonly stored: Record<string, ICredentialDataDecryptedObject>,
	) {
		super();
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	getCredentialsProperties(type: string) {
		return this.loader.getCredential(type).type.properties;
	}

	async getDecrypted(_additionalData: unknown, _details: unknown, type: string) {
		const properties = this.getCredentialsProperties(type);
		const values = NodeHelpers.getNodeParameters(
			properties,
			this.stored[type] as INodeParameters,
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
		const node = {
			id: 'mock',
			name: 'mock',
			type: 'mock',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		} as INode;
		const nodeTypes = {
			getByNameAndVersion: () => ({ description: { properties: [] } }),
		} as unknown as INodeTypes;
		const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
		return workflow.expression.getComplexParameterValue(
			node,
			values as INodeParameters,
			'internal',
			{},
			undefined,
			undefined,
			values,
		) as ICredentialDataDecryptedObject;
	}

	async getCredentials() {
		return new Credentials({ id: null, name: '' }, '', '');
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	async authenticate(
		credential: ICredentialDataDecryptedObject,
		type: string,
		request: IHttpRequestOptions,
		workflow: Workflow,
		node: INode,
	) {
		const { authenticate } = this.loader.getCredential(type).type;
		if (typeof authenticate === 'function') return await authenticate(credential, request);
		const target = request as unknown as Record<string, Record<string, unknown>>;
		for (const [part, fields] of Object.entries(authenticate?.properties ?? {})) {
			target[part] ??= {};
			for (const [name, value] of Object.entries(fields as Record<string, string>)) {
				target[part][name] = workflow.expression.getSimpleParameterValue(
					node,
					value,
					'internal',
					{ $credentials: credential },
					undefined,
					'',
				);
			}
		}
		return request;
	}
}
