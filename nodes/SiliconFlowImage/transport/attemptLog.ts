/** One request that was sent. */
export interface Attempt {
	/** Milliseconds since 1970. */
	readonly departedAt: number;
	/** Images it asks for: the service's limit counts images, not requests. */
	readonly images: number;
	readonly round: Round;
	outcome: 'pending' | 'accepted' | 'rejected';
}

/** The service's "not now". */
export interface Rejection {
	/** HTTP status: 429 (rate limit) or 503 (overload). */
	readonly status: number;
	/** The wait that the service asks for, in milliseconds, where it does. */
	readonly retryAfterMs?: number;
	/** Whether no wait will help, such as after a limit per day. */
	readonly isLasting?: boolean;
}

/** The requests that are sent between two pauses. The first rejection of a round closes it. */
export interface Round {
	attempts: Attempt[];
	closed?: Closing;
}

/** The rejection that closed a round. */
export interface Closing extends Rejection {
	/** When it came, in milliseconds since 1970. */
	readonly at: number;
	/** From 0 up to 1, drawn once for the pause. */
	readonly random: number;
	readonly isCoolDown: boolean;
}

/** SiliconFlow counts images per minute. A little more, because network latency varies. */
export const WINDOW_MS = 60_500;

/** Rounds that are remembered. Each but the first is followed by a pause, so they span minutes. */
const ROUNDS_KEPT = 40;

/** What was sent and what came of it. All answers are derived at each call, so a late reply counts. */
export class AttemptLog {
	/** The last round is open, all others are closed. */
	private rounds: Round[] = [{ attempts: [] }];

	/**
	 * Adds a request that is sent now.
	 *
	 * @param isEarly whether it does not wait for the pause: then it says nothing about the open round
	 */
	add(now: number, images: number, isEarly: boolean): Attempt {
		const round = this.rounds[this.rounds.length - (isEarly ? 2 : 1)];
		const attempt: Attempt = { departedAt: now, images, round, outcome: 'pending' };
		const recent = round.attempts.filter(({ departedAt }) => departedAt > now - WINDOW_MS);
		round.attempts = [...recent, attempt];
		return attempt;
	}

	remove(attempt: Attempt): void {
		const { round } = attempt;
		round.attempts = round.attempts.filter((other) => other !== attempt);
	}

	/** Closes the round of an attempt and opens another one. */
	close({ round }: Attempt, closing: Closing): void {
		round.closed = closing;
		this.rounds = [...this.rounds, { attempts: [] }].slice(-ROUNDS_KEPT);
	}

	/** The attempts of the open round. */
	get open(): readonly Attempt[] {
		return this.rounds[this.rounds.length - 1].attempts;
	}

	/** The attempts of all rounds that have no answer yet. */
	get pending(): Attempt[] {
		return this.all(({ outcome }) => outcome === 'pending');
	}

	/** The rejection that closed the latest closed round, or undefined when there is none. */
	get lastClosing(): Closing | undefined {
		return this.rounds[this.rounds.length - 2]?.closed;
	}

	/** What was accepted in each closed round in which anything was, the latest first. */
	get acceptedByRound(): Attempt[][] {
		return this.closedRounds.map(accepted).filter((attempts) => attempts.length > 0);
	}

	/** How many rounds were closed since the latest one in which something was accepted. */
	get roundsWithoutAcceptance(): number {
		const latest = this.closedRounds.findIndex((round) => accepted(round).length > 0);
		return latest < 0 ? this.closedRounds.length - 1 : latest;
	}

	/** What was accepted, or is presumed to be, in the minute before a time; the oldest first. */
	acceptedInMinute(end: number): Attempt[] {
		return this.all(
			({ departedAt, outcome }) =>
				departedAt > end - WINDOW_MS && departedAt <= end && outcome !== 'rejected',
		);
	}

	/** A loop and not flatMap, because every waiting request asks at every turn. */
	private all(isWanted: (attempt: Attempt) => boolean): Attempt[] {
		const found: Attempt[] = [];
		for (const { attempts } of this.rounds) {
			for (const attempt of attempts) if (isWanted(attempt)) found.push(attempt);
		}
		return found;
	}

	private get closedRounds(): Round[] {
		return this.rounds.slice(0, -1).reverse();
	}
}

/** What was accepted of a round, or is presumed to be because it was not rejected yet. */
function accepted({ attempts }: Round): Attempt[] {
	return attempts.filter(({ outcome }) => outcome !== 'rejected');
}

export const imagesOf = (attempts: readonly Attempt[]) =>
	attempts.reduce((sum, { images }) => sum + images, 0);
