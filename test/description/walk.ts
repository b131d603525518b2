import type { INodeProperties } from 'n8n-workflow';

/** One field of a description, at any depth. */
export interface Found {
	/** The path from the root, such as `options.seed` or `images.image.url`. */
	readonly path: string;
	readonly property: INodeProperties;
}

type Nested = INodeProperties & { values?: INodeProperties[] };

/** All fields of the description, including nested ones. */
export function walk(properties: readonly INodeProperties[], parent = ''): Found[] {
	return properties.flatMap((property) => {
		const path = `${parent}${property.name}`;
		const inside = (property.options ?? []) as Nested[];
		const fields = inside.filter((option) => 'type' in option);
		const groups = inside.filter((option) => option.values !== undefined);
		return [
			{ path, property },
			...walk(fields, `${path}.`),
			...groups.flatMap(({ name, values = [] }) => walk(values, `${path}.${name}.`)),
		];
	});
}
