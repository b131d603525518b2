import {
	NodeConnectionTypes,
	NodeHelpers,
	type INodeParameters,
	type INodeProperties,
	type INodeTypeDescription,
} from 'n8n-workflow';

/** What the editor shows, decided by the same n8n function that the editor calls. */

export const picked = (value: string) => ({ __rl: true, mode: 'list', value });

export const byId = (value: string) => ({ __rl: true, mode: 'id', value });

/** The node as n8n makes a tool of it. */
export function toolOf(description: INodeTypeDescription): INodeTypeDescription {
	return {
		...description,
		name: `${description.name}Tool`,
		displayName: `${description.displayName} Tool`,
		outputs: [NodeConnectionTypes.AiTool],
	};
}

/** The top-level fields shown for these values, in panel order. */
export function shownFields(
	description: INodeTypeDescription,
	values: INodeParameters,
): INodeProperties[] {
	// The editor always knows the resource, because it fills in what a step does not store.
	const complete = { resource: 'image', ...values };
	return description.properties.filter(
		(property) =>
			property.type !== 'hidden' &&
			NodeHelpers.displayParameter(complete, property, { typeVersion: 1 }, description),
	);
}

/** The names of the entries that a collection offers for these values. */
export function offeredOptions(
	description: INodeTypeDescription,
	values: INodeParameters,
	collection: string,
): string[] {
	return optionsOf(description, collection)
		.filter((property) =>
			NodeHelpers.displayParameter({}, property, { typeVersion: 1 }, description, values),
		)
		.map(({ name }) => name);
}

/** The entries of a collection. */
export function optionsOf(
	{ properties }: INodeTypeDescription,
	collection: string,
): INodeProperties[] {
	return properties.find(({ name }) => name === collection)?.options as INodeProperties[];
}
