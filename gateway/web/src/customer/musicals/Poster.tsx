import { posterOf } from './poster-look';

/** A drawn poster, the same for a musical every time. It only decorates: the name stands beside it as text. */
export const Poster = ({ id, name, className }: { id: string; name: string; className?: string }) => {
  const { ground, beam, light, x, tilt } = posterOf(id);
  return (
    <svg viewBox="0 0 300 400" preserveAspectRatio="xMidYMax slice" aria-hidden className={className}>
      <rect width="300" height="400" fill={ground} />
      <path d={`M${x} -20 L${x - 150 + tilt} 400 L${x + 150 + tilt} 400 Z`} fill={beam} opacity="0.55" />
      <path d={`M${300 - x} -20 L${220 - x + tilt} 400 L${380 - x + tilt} 400 Z`} fill={light} opacity="0.22" />
      <ellipse cx={150 + tilt / 2} cy="392" rx="190" ry="44" fill={light} opacity="0.5" />
      <path d="M0 0 Q46 190 10 400 L0 400 Z M300 0 Q254 190 290 400 L300 400 Z" fill="#000" opacity="0.28" />
      <path
        d="M22 0 Q60 170 34 400 L10 400 Q46 190 0 0 Z M278 0 Q240 170 266 400 L290 400 Q254 190 300 0 Z"
        fill="#000"
        opacity="0.14"
      />
      <text x="150" y="318" textAnchor="middle" fontSize="120" fontWeight="800" fill="#fffaf2">
        {[...name.trim()][0] ?? ''}
      </text>
    </svg>
  );
};
