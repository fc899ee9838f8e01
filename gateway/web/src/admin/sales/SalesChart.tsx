import type { SalesBucket } from '@outerpark/contracts/http/sales';
import { useState, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { VENUE_ZONE } from '../../format/time';
import { timeAt } from '../../format/venue-time';
import { useWidth } from '../../ui/use-width';
import { barsOf, labelled } from './bars';
import css from './Sales.module.css';
import type { Measure, SalesView } from './sales-view';
import { totalOf } from './spans';
import { useSalesTexts } from './texts';

interface SalesChartProps {
  buckets: SalesBucket[];
  by: SalesView['by'];
  measure: Measure;
}

const HEIGHT = 280;
const LEFT = 56;
const BOTTOM = 28;
const TOP = 10;
/** So wide a label under the bars may be. */
const LABEL = 64;

/** Bars over time: sold upwards, cancelled downwards. Each can be read by pointing at it, or by a slider. */
export const SalesChart = ({ buckets, by, measure }: SalesChartProps) => {
  const { t } = useTranslation('admin');
  const [frame, width] = useWidth<HTMLDivElement>();
  const [chosen, setChosen] = useState<number>();
  const texts = useSalesTexts(by);
  const area = { left: LEFT, top: TOP, width: Math.max(1, width - LEFT), height: HEIGHT - TOP - BOTTOM };
  const { bars, ticks, zero } = barsOf(
    buckets.map((bucket) => ({ sold: bucket[measure], cancelled: bucket.cancelled[measure] })),
    area,
  );
  const index = Math.min(chosen ?? buckets.length - 1, buckets.length - 1);
  const read = buckets[index]!;
  const { sold, cancelled } = totalOf(buckets);
  const value = (number: number) => texts.value(number, measure);
  const reading = t('sales.reading', {
    ...{ when: texts.when(read), sold: value(read[measure]), cancelled: value(read.cancelled[measure]) },
  });
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT;
    if (x >= 0) setChosen(Math.min(buckets.length - 1, Math.floor((x / area.width) * buckets.length)));
  };
  // Many hours are told by their days.
  const daysOnly = buckets.length > 48;
  const midnights = buckets.flatMap((bucket, at) => (timeAt(bucket.from, VENUE_ZONE).endsWith('T00:00') ? [at] : []));
  const marks =
    by === 'hour' && daysOnly
      ? labelled(midnights.length, area.width, LABEL).map((at) => midnights[at]!)
      : labelled(buckets.length, area.width, LABEL);
  const whole = by === 'day' ? marks : marks.filter((at) => bars[at]!.x + LABEL <= width);

  return (
    <figure className={css.chart}>
      <figcaption>
        {t('sales.chart', {
          ...{
            measure: t(`sales.measures.${measure}`),
            sold: value(sold[measure]),
            cancelled: value(cancelled[measure]),
          },
        })}
      </figcaption>
      <div ref={frame}>
        {width > 0 && (
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={t('sales.title')}
            onPointerMove={point}
            onPointerDown={point}
          >
            {ticks.map((tick) => (
              <g key={tick.value} className={css.tick}>
                <line x1={LEFT} x2={width} y1={tick.y} y2={tick.y} />
                <text x={LEFT - 8} y={tick.y + 4} textAnchor="end">
                  {texts.short(tick.value)}
                </text>
              </g>
            ))}
            <rect
              className={css.chosen}
              x={area.left + (index * area.width) / buckets.length}
              width={area.width / buckets.length}
              y={TOP}
              height={area.height}
            />
            {bars.map((bar, at) => (
              <g key={buckets[at]!.from}>
                <rect className={css.sold} x={bar.x} width={bar.width} {...bar.sold} />
                <rect className={css.cancelled} x={bar.x} width={bar.width} {...bar.cancelled} />
              </g>
            ))}
            <line className={css.zero} x1={LEFT} x2={width} y1={zero} y2={zero} />
            {whole.map((at) => (
              <text
                key={buckets[at]!.from}
                className={css.mark}
                x={by === 'day' ? bars[at]!.x + bars[at]!.width / 2 : bars[at]!.x}
                y={HEIGHT - 8}
                textAnchor={by === 'day' ? 'middle' : 'start'}
              >
                {texts.mark(buckets[at]!, daysOnly)}
              </text>
            ))}
          </svg>
        )}
      </div>
      <input
        type="range"
        className={css.slider}
        aria-label={t('sales.point')}
        aria-valuetext={reading}
        min={0}
        max={buckets.length - 1}
        value={index}
        onChange={({ target }) => setChosen(Number(target.value))}
      />
      <p className={css.reading} aria-hidden>
        {reading}
      </p>
      <ul className={css.legend}>
        <li>
          <span className={css.soldKey} aria-hidden /> {t('sales.sold')}
        </li>
        <li>
          <span className={css.cancelledKey} aria-hidden /> {t('sales.cancelled')}
        </li>
      </ul>
    </figure>
  );
};
