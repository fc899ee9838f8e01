import { readFileSync, writeFileSync } from 'node:fs';

/** Ratios to a floor of the same run, by name: what a change of ours can make worse on any machine. */
export type Ratios = Record<string, number>;

/** A ratio that has become much smaller than the committed one. */
export interface Loss {
  name: string;
  was: number;
  is: number;
}

/** On a busy machine ratios swing by two fifths; what is lost by a bad change is more. */
const KEPT_AT_LEAST = 0.4;

export const ratiosOf = (figures: Record<string, number>): Ratios =>
  Object.fromEntries(Object.entries(figures).filter(([name]) => name.endsWith('Floor') && name.includes('To')));

/** The ratios that were measured now and before and are less than two fifths of what they were. */
export const losses = (baseline: Ratios, figures: Record<string, number>): Loss[] =>
  Object.entries(ratiosOf(figures)).flatMap(([name, is]) => {
    const was = baseline[name];
    return was !== undefined && is < was * KEPT_AT_LEAST ? [{ name, was, is }] : [];
  });

export const readBaseline = (file: string): Ratios => JSON.parse(readFileSync(file, 'utf8')) as Ratios;

export const writeBaseline = (file: string, figures: Record<string, number>): void => {
  const rounded = Object.entries(ratiosOf(figures)).map(([name, value]) => [name, Number(value.toPrecision(3))]);
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(rounded), null, 2)}\n`);
};
