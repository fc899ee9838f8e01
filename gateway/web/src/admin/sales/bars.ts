/** What happened in one span of time: something was sold, and something of what was sold was cancelled. */
export interface Span {
  sold: number;
  cancelled: number;
}

export interface Bar {
  x: number;
  width: number;
  /** Stands on the zero line. */
  sold: { y: number; height: number };
  /** Hangs from the zero line. */
  cancelled: { y: number; height: number };
}

export interface BarChart {
  bars: Bar[];
  /** Lines across, top first: where they are, and what they stand for. */
  ticks: { y: number; value: number }[];
  zero: number;
}

interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A few bars need not fill the page. */
const WIDEST = 56;

/** Bars over time, in pixels: what was sold upwards, what was cancelled downwards, on one scale. */
export function barsOf(spans: Span[], area: Area): BarChart {
  const most = Math.max(0, ...spans.map(({ sold }) => sold));
  const least = -Math.max(0, ...spans.map(({ cancelled }) => cancelled));
  const step = stepOf(most - least);
  const top = Math.max(step, Math.ceil(most / step) * step);
  const bottom = Math.floor(least / step) * step;
  const y = (value: number) => area.top + ((top - value) / (top - bottom)) * area.height;
  const zero = y(0);
  const slot = area.width / Math.max(1, spans.length);
  const gap = slot > 6 ? Math.max(slot * 0.2, slot - WIDEST) : 0;

  const bars = spans.map(({ sold, cancelled }, index) => ({
    ...{ x: area.left + index * slot + gap / 2, width: slot - gap },
    sold: { y: Math.min(y(sold), zero), height: tall(zero - y(sold), sold) },
    cancelled: { y: zero, height: tall(y(-cancelled) - zero, cancelled) },
  }));
  const count = Math.round((top - bottom) / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => top - index * step);
  return { bars, ticks: ticks.map((value) => ({ y: y(value), value: value === 0 ? 0 : value })), zero };
}

/** Whatever is there can be seen: at least a pixel. */
const tall = (height: number, value: number): number => (value > 0 ? Math.max(1, height) : 0);

/** A round number (1, 2 or 5 times a power of ten, never below 1) of which about four make up the range. */
export function stepOf(range: number): number {
  const rough = Math.max(1, range / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough) ?? 10;
  return Math.max(1, factor * power);
}

/** Which of `count` things get a label so that labels of `wide` pixels do not touch, in `width` pixels: every so many. */
export function labelled(count: number, width: number, wide: number): number[] {
  if (count === 0) return [];
  const every = Math.max(1, Math.ceil((wide * count) / Math.max(1, width)));
  return Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every);
}
