import { LABELS } from '../contract/labels';
import { IMAGES_FROM } from '../description/images';
import { choiceOf } from './choiceOf';
import { refuseRun, type Refusing } from './refusal';

/**
 * Which input items make a job together: each one by itself, or all of them as one. Read from the first
 * item, because it is about the run as a whole.
 *
 * @returns the positions of the items of each job, from 0, each at least one
 * @throws NodeOperationError for a value that the panel does not have
 */
export function readItemGroups(refusing: Refusing): number[][] {
	const { context } = refusing;
	const each = context.getInputData().map((_, index) => [index]);
	if (context.getNodeParameter('operation', 0) !== 'edit') return each;
	switch (choiceOf(IMAGES_FROM, context.getNodeParameter('imagesFrom', 0, 'each'))?.value) {
		case 'each':
			return each;
		case 'all':
			return [each.flat()];
	}
	const names = IMAGES_FROM.map(({ name }) => name).join(' or ');
	return refuseRun(
		refusing,
		`'${LABELS.imagesFrom}' must be ${names}`,
		'Choose one from the list. Nothing was sent.',
	);
}
