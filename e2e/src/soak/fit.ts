/** A line through points by least squares. */
export interface Fit {
  /** Per unit of x. */
  slope: number;
  mean: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Of fewer than two different x the slope is 0. */
export function fit(points: Point[]): Fit {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
  const [mx, my] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const covariance = points.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0);
  const variance = points.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
  return { slope: variance === 0 ? 0 : covariance / variance, mean: my };
}

/** What lies in the last two thirds of the time: the first is for warming up, and for tables to come to their size. */
export function settled(points: Point[]): Point[] {
  const [first, last] = [points[0]?.x ?? 0, points.at(-1)?.x ?? 0];
  return points.filter(({ x }) => x >= first + (last - first) / 3);
}

/** The least of each stretch of this length: of a heap, what is left after a collection. */
export function lows(points: Point[], stretch: number): Point[] {
  const least = new Map<number, Point>();
  for (const point of points) {
    const nth = Math.floor(point.x / stretch);
    const known = least.get(nth);
    if (!known || point.y < known.y) least.set(nth, point);
  }
  return [...least.values()];
}

/** The value below which this share of them lies; 0 of none. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
