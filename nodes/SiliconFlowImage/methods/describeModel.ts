import type { Capabilities } from '../contract/catalog';
import type { Operation } from '../contract/models';

/** A model in one line: what it is good for, its sizes, and how many images it takes for an edit. */
export function describeModel(model: Capabilities, operation: Operation): string {
	if (!model.known) return 'Not in the model table of this node, so every field is shown';
	const parts = [model.summary];
	if (model.size) {
		const [first, ...more] = model.size.sizes;
		const others = more.length === 1 ? '1 more size' : `${more.length} more sizes`;
		parts.push(more.length > 0 ? `${first} and ${others}` : first);
	}
	if (operation === 'edit' && model.images) {
		const most = model.images.wire.length;
		parts.push(most === 1 ? '1 input image' : `1 to ${most} input images`);
	}
	return parts.join('. ');
}
