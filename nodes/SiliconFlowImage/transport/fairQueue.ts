/** What waits, of owners that take turns. What one owner has comes in the order of positions. */
export class FairQueue<
	Owner,
	Item extends { readonly execution: Owner; readonly position: number },
> {
	/** Owners before all others. In both lines, the one that was served longest ago comes first. */
	private readonly urgent = new Map<Owner, Item[]>();

	private readonly inTurn = new Map<Owner, Item[]>();

	/** Owners that cannot go on for a reason of their own. They lose their turn, but nothing else. */
	private readonly aside = new Map<Owner, Item[]>();

	/** @param isUrgent whether an owner goes before all that are not */
	constructor(private readonly isUrgent: (owner: Owner) => boolean = () => false) {}

	get isEmpty(): boolean {
		return this.urgent.size === 0 && this.inTurn.size === 0 && this.aside.size === 0;
	}

	/** The first item of the owner whose turn it is. */
	get first(): Item | undefined {
		for (const [item] of this.urgent.values()) return item;
		for (const [item] of this.inTurn.values()) return item;
		return undefined;
	}

	/** Adds an item at its position among those of its owner. A new owner comes last. */
	add(item: Item): void {
		const { execution } = item;
		const line = this.lineOf(execution);
		const own = line.get(execution) ?? this.aside.get(execution) ?? [];
		if (own.length === 0) line.set(execution, own);
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
		for (const owners of [this.lineOf(item.execution), this.aside]) {
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
		this.move(owner, this.lineOf(owner), this.lineOf(owner));
	}

	setAside(owner: Owner): void {
		this.move(owner, this.lineOf(owner), this.aside);
	}

	/** The owner can go on, and comes last. */
	bringBack(owner: Owner): void {
		this.move(owner, this.aside, this.lineOf(owner));
	}

	/** The first item of each owner that waits for its turn, in that order. */
	*heads(): Iterable<Item> {
		for (const [item] of this.inTurn.values()) yield item;
	}

	*all(): Iterable<Item> {
		for (const owners of [this.urgent, this.inTurn, this.aside])
			for (const own of owners.values()) yield* own;
	}

	private lineOf(owner: Owner) {
		return this.isUrgent(owner) ? this.urgent : this.inTurn;
	}

	private move(owner: Owner, from: Map<Owner, Item[]>, to: Map<Owner, Item[]>): void {
		const own = from.get(owner);
		if (!own) return;
		from.delete(owner);
		to.set(owner, own);
	}
}
