import { useTranslation } from 'react-i18next';
import css from './BarChart.module.css';
import { Table } from './Table';

export interface Bar {
  label: string;
  value: number;
}

interface BarChartProps {
  /** What is shown, in one sentence. */
  caption: string;
  labelHeader: string;
  valueHeader: string;
  bars: Bar[];
  /** A value for people, such as `₩150,000`. */
  format: (value: number) => string;
}

const HEIGHT = 160;
const WIDTH = 640;

/** Bars for the eye; the same numbers as a table for everybody who wants to read or hear them. */
export const BarChart = ({ caption, labelHeader, valueHeader, bars, format }: BarChartProps) => {
  const { t } = useTranslation();
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const step = WIDTH / Math.max(1, bars.length);
  return (
    <figure className={css.figure}>
      <figcaption>{caption}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={caption}>
        <line x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} className={css.ground} />
        {bars.map(({ label, value }, index) => {
          const height = (value / most) * (HEIGHT - 8);
          return (
            <rect
              key={label}
              className={css.bar}
              x={index * step + step * 0.15}
              width={step * 0.7}
              y={HEIGHT - height}
              height={height}
            >
              <title>{`${label}: ${format(value)}`}</title>
            </rect>
          );
        })}
      </svg>
      <div className={css.ends} aria-hidden>
        <span>{bars[0]?.label}</span>
        <span>{format(most)}</span>
        <span>{bars.length > 1 ? bars[bars.length - 1]?.label : ''}</span>
      </div>
      <details>
        <summary>{t('asTable')}</summary>
        <Table
          caption={caption}
          captionHidden
          columns={[
            { key: 'label', header: labelHeader, cell: (bar: Bar) => bar.label },
            { key: 'value', header: valueHeader, align: 'end', cell: (bar: Bar) => format(bar.value) },
          ]}
          rows={bars}
          rowKey={(bar) => bar.label}
        />
      </details>
    </figure>
  );
};
