/** A queue whose owners take turns. The entries of one owner come in the order of their positions. */
export class FairQueue<
	Owner,
	Entry extends { readonly execution: Owner; readonly position: number },
> {
	/** The owner that was served longest ago comes first. */
	private readonly byOwner = new Map<Owner, Entry[]>();

	get isEmpty(): boolean {
		return this.byOwner.size === 0;
	}

	/** Adds an entry at its position among those of its owner. A new owner comes last. */
	add(entry: Entry): void {
		const own = this.byOwner.get(entry.execution) ?? [];
		let index = own.length;
		while (index > 0 && own[index - 1].position > entry.position) index--;
		own.splice(index, 0, entry);
		this.byOwner.set(entry.execution, own);
	}

	/** @returns whether it was there */
	remove(entry: Entry): boolean {
		const own = this.byOwner.get(entry.execution) ?? [];
		const index = own.indexOf(entry);
		if (index < 0) return false;
		own.splice(index, 1);
		if (own.length === 0) this.byOwner.delete(entry.execution);
		return true;
	}

	/** The owner had its turn and goes to the end. */
	served(owner: Owner): void {
		const own = this.byOwner.get(owner);
		if (!own) return;
		this.byOwner.delete(owner);
		this.byOwner.set(owner, own);
	}

	/** The first entry of each owner, in the order in which the owners are served. */
	heads(): Entry[] {
		return [...this.byOwner.values()].map(([first]) => first);
	}

	/** A loop and not `flat`, which takes ten times as long, because every look asks for them. */
	entries(): Entry[] {
		const all: Entry[] = [];
		for (const own of this.byOwner.values()) for (const entry of own) all.push(entry);
		return all;
	}
}
