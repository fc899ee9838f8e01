import type { ReactNode } from 'react';
import css from './Table.module.css';

export interface Column<Row> {
  /** Names the column among its fellows. */
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end, so that their digits are under each other. */
  align?: 'start' | 'end';
}

interface TableProps<Row> {
  /** Says what the table holds; shown only to screen readers when `captionHidden`. */
  caption: string;
  captionHidden?: boolean;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** On a narrow screen every row is a card, with the headers before its cells: for rows that are read one by one. */
  cards?: boolean;
}

/** The first column names the row. It scrolls sideways by itself where the screen is narrow, by keyboard as well. */
export const Table = <Row,>({ caption, captionHidden = false, columns, rows, rowKey, cards }: TableProps<Row>) => (
  <div className={cards ? `${css.scroll} ${css.cards}` : css.scroll} role="region" aria-label={caption} tabIndex={0}>
    <table className={css.table}>
      <caption className={captionHidden ? 'visually-hidden' : undefined}>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ key, header, align }) => (
            <th key={key} scope="col" data-align={align}>
              {header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map(({ key, header, cell, align }, index) =>
              index === 0 ? (
                <th key={key} scope="row" data-align={align}>
                  {cell(row)}
                </th>
              ) : (
                <td key={key} data-align={align} data-header={header}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
