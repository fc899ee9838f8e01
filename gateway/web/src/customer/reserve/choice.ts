import type { Grade, Performance } from '../musicals/offer';

/** Seats by the name of their grade; a grade that is not named has none. */
export type Choice = Record<string, number>;

/** A stepper goes no further; the API allows more. */
export const MOST_OF_ONE_GRADE = 20;

export const seatsIn = (choice: Choice): number => Object.values(choice).reduce((sum, seats) => sum + seats, 0);

/** `seats` of a grade and the rest as before. */
export const withSeats = (choice: Choice, grade: string, seats: number): Choice => {
  const { [grade]: _, ...rest } = choice;
  return seats > 0 ? { ...rest, [grade]: seats } : rest;
};

/** The request's lines, in the order of the grades. */
export const linesOf = (choice: Choice, grades: Pick<Grade, 'name'>[]): { grade: string; seats: number }[] =>
  grades.flatMap(({ name }) => (choice[name] ? [{ grade: name, seats: choice[name] }] : []));

/** KRW, at the prices that are shown. */
export const priceOf = (choice: Choice, grades: Pick<Grade, 'name' | 'price'>[]): number =>
  grades.reduce((sum, { name, price }) => sum + (choice[name] ?? 0) * price, 0);

export type Objection =
  | { kind: 'nothing' }
  | { kind: 'too-many'; most: number }
  | { kind: 'gone'; grade: string }
  | { kind: 'fewer-free'; grade: string; free: number };

/** Why a choice cannot be reserved as far as the page knows, or null. The API decides in the end. */
export const objectionTo = (choice: Choice, { grades, maxPerCustomer }: Performance): Objection | null => {
  const seats = seatsIn(choice);
  if (seats === 0) return { kind: 'nothing' };
  const short = grades.find(({ name, free }) => (choice[name] ?? 0) > free);
  if (short && short.free <= 0) return { kind: 'gone', grade: short.name };
  if (short) return { kind: 'fewer-free', grade: short.name, free: short.free };
  return maxPerCustomer !== null && seats > maxPerCustomer ? { kind: 'too-many', most: maxPerCustomer } : null;
};
