import type { Point } from './fit';

export interface Series {
  name: string;
  /** x in minutes. */
  points: Point[];
}

const WIDTH = 860;
const HEIGHT = 300;
const LEFT = 60;
const RIGHT = 190;
const TOP = 34;
const BOTTOM = 34;
const COLOURS = ['#1f6feb', '#d1242f', '#1a7f37', '#9a6700', '#8250df', '#bf3989', '#0a7ea4', '#57606a'];

/** Lines over time as an SVG image, from zero on, with a legend. */
export function chart(title: string, unit: string, series: Series[]): string {
  const all = series.flatMap(({ points }) => points);
  const lastX = Math.max(1, ...all.map(({ x }) => x));
  const topY = roundUp(Math.max(1, ...all.map(({ y }) => y)));
  const px = (x: number) => LEFT + (x / lastX) * (WIDTH - LEFT - RIGHT);
  const py = (y: number) => HEIGHT - BOTTOM - (y / topY) * (HEIGHT - TOP - BOTTOM);
  const text = (x: number, y: number, content: string, anchor = 'start') =>
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${content}</text>`;

  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = py(share * topY);
    const line = `<line x1="${LEFT}" y1="${y}" x2="${WIDTH - RIGHT}" y2="${y}" stroke="#d0d7de"/>`;
    return line + text(LEFT - 8, y + 4, String(share * topY), 'end');
  });
  const times = [0, 0.5, 1].map((share) =>
    text(px(share * lastX), HEIGHT - 12, `${(share * lastX).toFixed(0)} min`, 'middle'),
  );
  const lines = series.map(({ name, points }, index) => {
    const colour = COLOURS[index % COLOURS.length]!;
    const path = points.map(({ x, y }) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(' ');
    const y = TOP + 8 + index * 18;
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>` +
      `<rect x="${WIDTH - RIGHT + 16}" y="${y - 8}" width="12" height="4" fill="${colour}"/>` +
      text(WIDTH - RIGHT + 34, y, name)
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#24292f">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="20" font-weight="bold">${title} (${unit})</text>`,
    ...grid,
    ...times,
    ...lines,
    '</svg>\n',
  ].join('\n');
}

/** 1, 2, 4 or 8 times a power of ten, so that quarters are short numbers. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 8, 10].find((step) => value <= step * power) ?? 10) * power;
}
