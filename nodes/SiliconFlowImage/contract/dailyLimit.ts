/** Whether the words of a 429 say that a limit per day is reached, which no back-off outlasts. */
export function isDailyLimit(message: string): boolean {
	return /\b(?:[IRT]PD|per day|daily)\b/i.test(message);
}
