/** A range of whole numbers, both ends included. */
export interface WholeNumbers {
	/** What a number must be, as the end of a sentence that begins with the label of the field. */
	readonly rule: string;
	readonly includes: (value: unknown) => value is number;
}

/** The one rule for whole numbers, whether they go into the body or steer the run. */
export function wholeNumbers(min: number, max: number): WholeNumbers {
	return {
		rule: `must be a whole number from ${min} to ${max}`,
		includes: (value): value is number =>
			typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
	};
}
