import type { SKRSContext2D } from '@napi-rs/canvas';

type Random = () => number;

const hsl = (hue: number, saturation: number, lightness: number, alpha = 1) =>
	`hsla(${Math.round(hue) % 360}, ${Math.round(saturation)}%, ${Math.round(lightness)}%, ${alpha})`;

/** The colors of a landscape: a hue for the sky, one for the land, and the brightness of the day. */
interface Mood {
	sky: number;
	land: number;
	day: number;
}

function chooseMood(random: Random): Mood {
	const sky = random() * 360;
	return { sky, land: sky + 120 + random() * 100, day: random() };
}

function paintSky(context: SKRSContext2D, width: number, height: number, mood: Mood): void {
	const sky = context.createLinearGradient(0, 0, width * 0.2, height);
	sky.addColorStop(0, hsl(mood.sky, 65, 18 + mood.day * 30));
	sky.addColorStop(0.45, hsl(mood.sky + 28, 70, 42 + mood.day * 22));
	sky.addColorStop(0.8, hsl(mood.sky + 62, 85, 72));
	context.fillStyle = sky;
	context.fillRect(0, 0, width, height);
}

function paintStars(context: SKRSContext2D, width: number, height: number, random: Random): void {
	const unit = Math.min(width, height) / 500;
	for (let star = 0; star < 70; star += 1) {
		context.fillStyle = `rgba(255, 255, 255, ${(0.2 + random() * 0.6).toFixed(2)})`;
		context.beginPath();
		context.arc(random() * width, random() * height * 0.5, (0.3 + random()) * unit, 0, Math.PI * 2);
		context.fill();
	}
}

function paintSun(
	context: SKRSContext2D,
	width: number,
	height: number,
	random: Random,
	mood: Mood,
): void {
	const x = width * (0.2 + random() * 0.6);
	const y = height * (0.16 + random() * 0.2);
	const radius = Math.min(width, height) * (0.06 + random() * 0.07);
	const glow = context.createRadialGradient(x, y, radius * 0.8, x, y, radius * 5);
	glow.addColorStop(0, hsl(mood.sky + 60, 95, 88, 0.6));
	glow.addColorStop(1, hsl(mood.sky + 60, 95, 80, 0));
	context.fillStyle = glow;
	context.fillRect(0, 0, width, height);
	const disc = context.createLinearGradient(x, y - radius, x, y + radius);
	disc.addColorStop(0, hsl(mood.sky + 70, 100, 96));
	disc.addColorStop(1, hsl(mood.sky + 45, 95, 78));
	context.fillStyle = disc;
	context.beginPath();
	context.arc(x, y, radius, 0, Math.PI * 2);
	context.fill();
}

/** A ridge from edge to edge, the sum of a few waves. */
function paintRidge(
	context: SKRSContext2D,
	width: number,
	height: number,
	top: number,
	swing: number,
	random: Random,
): void {
	const waves = [1, 2.3, 5.1].map((turns) => ({
		turns: turns * (0.6 + random() * 0.9),
		phase: random() * Math.PI * 2,
		share: 1 / turns,
	}));
	context.beginPath();
	context.moveTo(0, height);
	for (let step = 0; step <= 96; step += 1) {
		const position = step / 96;
		const rise = waves.reduce(
			(sum, { turns, phase, share }) => sum + share * Math.sin(position * turns * 6.283 + phase),
			0,
		);
		context.lineTo(position * width, top + rise * swing);
	}
	context.lineTo(width, height);
	context.closePath();
	context.fill();
}

/** A landscape determined by `random` alone: sky, stars at night, a sun and several ridges. */
export function paintScenery(
	context: SKRSContext2D,
	width: number,
	height: number,
	random: Random,
): void {
	const mood = chooseMood(random);
	paintSky(context, width, height, mood);
	if (mood.day < 0.5) paintStars(context, width, height, random);
	paintSun(context, width, height, random, mood);
	const ridges = 4 + Math.floor(random() * 3);
	for (let ridge = 0; ridge < ridges; ridge += 1) {
		const depth = (ridge + 1) / ridges;
		const top = height * (0.4 + 0.42 * depth * depth);
		const land = context.createLinearGradient(0, top - height * 0.08, 0, height);
		const hue = mood.sky + 40 + (mood.land - mood.sky - 40) * depth;
		land.addColorStop(0, hsl(hue, 42 + depth * 16, 62 - depth * 36));
		land.addColorStop(1, hsl(hue + 14, 50, 50 - depth * 36));
		context.fillStyle = land;
		paintRidge(context, width, height, top, height * (0.035 + 0.02 * random()), random);
	}
}

/** Paints an edit over its base image: a color gradient and bands of light. */
export function paintWash(
	context: SKRSContext2D,
	width: number,
	height: number,
	random: Random,
): void {
	const hue = random() * 360;
	const wash = context.createLinearGradient(0, 0, width, height);
	wash.addColorStop(0, hsl(hue, 90, 55, 0.42));
	wash.addColorStop(0.55, hsl(hue + 40, 85, 60, 0.16));
	wash.addColorStop(1, hsl(hue + 160, 90, 40, 0.46));
	context.fillStyle = wash;
	context.fillRect(0, 0, width, height);
	for (let band = 0; band < 3; band += 1) {
		context.fillStyle = hsl(hue + 40 + band * 50, 95, 70, 0.14);
		paintRidge(context, width, height, height * (0.35 + 0.16 * band), height * 0.05, random);
	}
}
