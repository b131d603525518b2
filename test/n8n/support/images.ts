/** Images as bytes. */

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

/** The bytes behind a link. */
export const fetchBytes = async (url: string) => await bytesOf(await fetch(url));

export const isPng = (bytes: Buffer) => bytes.subarray(0, PNG.length).equals(PNG);

/** Width and height, from the header of a PNG. */
export const sizeOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)];

/** The links of the images that a Markdown text shows. */
export const imagesIn = (markdown: string) =>
	[...markdown.matchAll(/!\[[^\]]*\]\((https?:[^)\s]+)\)/g)].map(([, link]) => link);
