/** What waits, of owners that take turns. What one owner has comes in the order of positions. */
export class FairQueue<
	Owner,
	Item extends { readonly execution: Owner; readonly position: number },
> {
	/** The owner that was served longest ago comes first. */
	private readonly inTurn = new Map<Owner, Item[]>();

	/** Owners that cannot go on for a reason of their own. They lose their turn, but nothing else. */
	private readonly aside = new Map<Owner, Item[]>();

	get isEmpty(): boolean {
		return this.inTurn.size === 0 && this.aside.size === 0;
	}

	/** The first item of the owner whose turn it is. */
	get first(): Item | undefined {
		for (const [item] of this.inTurn.values()) return item;
		return undefined;
	}

	/** Adds an item at its position among those of its owner. A new owner comes last. */
	add(item: Item): void {
		const { execution } = item;
		const own = this.inTurn.get(execution) ?? this.aside.get(execution) ?? [];
		if (own.length === 0) this.inTurn.set(execution, own);
		let [from, to] = [0, own.length];
		while (from < to) {
			const middle = (from + to) >>> 1;
			if (own[middle].position > item.position) to = middle;
			else from = middle + 1;
		}
		own.splice(from, 0, item);
	}

	/** @returns whether it was there */
	remove(item: Item): boolean {
		for (const owners of [this.inTurn, this.aside]) {
			const own = owners.get(item.execution) ?? [];
			const index = own.indexOf(item);
			if (index < 0) continue;
			own.splice(index, 1);
			if (own.length === 0) owners.delete(item.execution);
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

	/** The first item of each owner that waits for its turn, in that order. */
	heads(): Item[] {
		return Array.from(this.inTurn.values(), ([item]) => item);
	}

	all(): Item[] {
		return [...this.inTurn.values(), ...this.aside.values()].flat();
	}

	private move(owner: Owner, from: Map<Owner, Item[]>, to: Map<Owner, Item[]>): void {
		const own = from.get(owner);
		if (!own) return;
		from.delete(owner);
		to.set(owner, own);
	}
}
