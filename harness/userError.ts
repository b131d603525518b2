/** An error that the user can fix. Its message is shown without a stack. */
export class UserError extends Error {}
