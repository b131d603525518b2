/**
 * So many places for work under way at once; who comes first goes first. Whatever is loaded inside a
 * place (input images, pictures) is let go with it, so memory follows the number of places.
 */
export class Slots {
	private free: number;

	private readonly queue: Array<() => void> = [];

	constructor(places: number) {
		this.free = places;
	}

	/** Runs the work as soon as a place is free. */
	async use<T>(work: () => Promise<T>): Promise<T> {
		if (this.free > 0) this.free--;
		else await new Promise<void>((resolve) => this.queue.push(resolve));
		try {
			return await work();
		} finally {
			const next = this.queue.shift();
			if (next) next();
			else this.free++;
		}
	}
}
