import type { Capabilities } from '../contract/catalog';
import type { Operation } from '../contract/models';

/** A model in one line: what it is for, its sizes, and how many pictures it takes for an edit. */
export function describeModel(model: Capabilities, operation: Operation): string {
	if (!model.known) return 'Not in the table of this node: every field shows, try it out';
	const parts = [model.summary];
	if (model.size) {
		const [first, ...more] = model.size.sizes;
		parts.push(more.length > 0 ? `${first} and ${more.length} more sizes` : first);
	}
	if (operation === 'edit' && model.images) {
		const most = model.images.wire.length;
		parts.push(most === 1 ? '1 input image' : `1 to ${most} input images`);
	}
	return parts.join('. ');
}
