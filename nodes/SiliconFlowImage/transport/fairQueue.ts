/** A queue whose owners take turns. The entries of one owner come in the order of their positions. */
export class FairQueue<
	Owner,
	Entry extends { readonly execution: Owner; readonly position: number },
> {
	/** The owner that was served longest ago comes first. */
	private readonly inTurn = new Map<Owner, Entry[]>();

	/** Owners that cannot go on for a reason of their own. They lose their turn, but nothing else. */
	private readonly aside = new Map<Owner, Entry[]>();

	get isEmpty(): boolean {
		return this.inTurn.size === 0 && this.aside.size === 0;
	}

	/** The first entry of the owner whose turn it is. */
	get first(): Entry | undefined {
		for (const [entry] of this.inTurn.values()) return entry;
		return undefined;
	}

	/** Adds an entry at its position among those of its owner. A new owner comes last. */
	add(entry: Entry): void {
		const { execution } = entry;
		const own = this.inTurn.get(execution) ?? this.aside.get(execution) ?? [];
		if (own.length === 0) this.inTurn.set(execution, own);
		let [from, to] = [0, own.length];
		while (from < to) {
			const middle = (from + to) >>> 1;
			if (own[middle].position > entry.position) to = middle;
			else from = middle + 1;
		}
		own.splice(from, 0, entry);
	}

	/** @returns whether it was there */
	remove(entry: Entry): boolean {
		for (const owners of [this.inTurn, this.aside]) {
			const own = owners.get(entry.execution) ?? [];
			const index = own.indexOf(entry);
			if (index < 0) continue;
			own.splice(index, 1);
			if (own.length === 0) owners.delete(entry.execution);
			return true;
		}
		return false;
	}

	/** The owner had its turn and goes to the end. */
	served(owner: Owner): void {
		this.move(owner, this.inTurn, this.inTurn);
	}

	setAside(owner: Owner): void {
		this.move(owner, this.inTurn, this.aside);
	}

	/** The owner can go on, and comes last. */
	bringBack(owner: Owner): void {
		this.move(owner, this.aside, this.inTurn);
	}

	/** The first entry of each owner that could go on, in the order of their turns. */
	*heads(): Iterable<Entry> {
		for (const [entry] of this.inTurn.values()) yield entry;
	}

	*entries(): Iterable<Entry> {
		for (const owners of [this.inTurn, this.aside]) for (const own of owners.values()) yield* own;
	}

	private move(owner: Owner, from: Map<Owner, Entry[]>, to: Map<Owner, Entry[]>): void {
		const own = from.get(owner);
		if (!own) return;
		from.delete(owner);
		to.set(owner, own);
	}
}
