const PALETTES = [
  { ground: '#4a0f22', beam: '#c2284f', light: '#ffd08a' },
  { ground: '#10243f', beam: '#2f6db0', light: '#ffe3a8' },
  { ground: '#0f332c', beam: '#1f8a6b', light: '#f7e3a0' },
  { ground: '#2e1746', beam: '#7c3fb5', light: '#ffc2d9' },
  { ground: '#44210a', beam: '#c0641c', light: '#ffe0a0' },
  { ground: '#0e2b3a', beam: '#1d7f93', light: '#ffd9b0' },
  { ground: '#3d1030', beam: '#b03a86', light: '#ffe0c2' },
  { ground: '#1c2150', beam: '#4f5bd0', light: '#ffdf9e' },
  { ground: '#2c2a10', beam: '#8f8420', light: '#fff0b8' },
  { ground: '#3a1713', beam: '#a8432f', light: '#ffd6a8' },
];

export interface PosterLook {
  ground: string;
  beam: string;
  light: string;
  /** Where the spotlight hangs, 90 to 210 of a width of 300. */
  x: number;
  /** How far its beam leans, -40 to 40. */
  tilt: number;
}

/** How the poster of a musical looks, by its id. */
export const posterOf = (id: string): PosterLook => {
  let hash = 2166136261;
  for (const char of id) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507) >>> 0;
  hash = (hash ^ (hash >>> 13)) >>> 0;
  const palette = PALETTES[hash % PALETTES.length]!;
  return { ...palette, x: 90 + ((hash >>> 8) % 121), tilt: ((hash >>> 16) % 81) - 40 };
};
