import { registerMusical } from '@outerpark/contracts/http/musicals';
import type { z } from 'zod';
import { momentAt } from '../../format/venue-time';
import { numberOf } from './number-of';

/** The form as it is written: numbers are still text, times are the venue's. */
export interface MusicalForm {
  name: string;
  performances: PerformanceForm[];
}
export interface PerformanceForm {
  /** As `2027-05-01T19:30`, on the clocks of the venue. */
  startsAt: string;
  venue: string;
  maxPerCustomer: string;
  grades: GradeForm[];
}
export interface GradeForm {
  name: string;
  price: string;
  seats: string;
}

export const EMPTY_GRADE: GradeForm = { name: '', price: '', seats: '' };
export const EMPTY_FORM: MusicalForm = {
  name: '',
  performances: [{ startsAt: '', venue: '', maxPerCustomer: '', grades: [EMPTY_GRADE] }],
};

/** The short form is for API clients. */
const longForm = registerMusical.options[1];
export type MusicalRequest = z.infer<typeof longForm>;

/** What is wrong with a field, as the key of its sentence. */
export type FaultKey =
  'label' | 'price' | 'seats' | 'maxPerCustomer' | 'startsAt' | 'noSuchTime' | 'gradesDiffer' | 'list';
export interface Fault {
  /** The field's name in the form, such as `performances.0.grades.1.price`. */
  field: string;
  key: FaultKey;
}

/** The request that a form stands for, or everything that is wrong with it, by the contract's own rules. */
export function requestOf(form: MusicalForm, zone: string): { request: MusicalRequest } | { faults: Fault[] } {
  const read = longForm.safeParse({
    name: form.name,
    performances: form.performances.map(({ startsAt, venue, maxPerCustomer, grades }) => {
      const at = momentAt(startsAt, zone);
      return {
        startsAt: 'moment' in at ? at.moment : at.fault,
        venue,
        ...(maxPerCustomer.trim() === '' ? {} : { maxPerCustomer: numberOf(maxPerCustomer) }),
        grades: grades.map(({ name, price, seats }) => ({ name, price: numberOf(price), seats: numberOf(seats) })),
      };
    }),
  });
  if (!read.success) {
    const { known } = faultsOf(read.error.issues.map(({ path }) => ({ path: path.join('.') })));
    return {
      faults: known.map((fault) => (isNoSuchTime(fault, form, zone) ? { ...fault, key: 'noSuchTime' } : fault)),
    };
  }
  return { request: read.data };
}

const isNoSuchTime = ({ field }: Fault, form: MusicalForm, zone: string): boolean => {
  const index = /^performances\.(\d+)\.startsAt$/.exec(field)?.[1];
  const at = index === undefined ? undefined : momentAt(form.performances[Number(index)]!.startsAt, zone);
  return at !== undefined && 'fault' in at && at.fault === 'no-such-time';
};

const FIELDS = [
  { path: /^name$|\.venue$|\.grades\.\d+\.name$/, key: 'label' },
  { path: /^performances\.\d+\.startsAt$/, key: 'startsAt' },
  { path: /^performances\.\d+\.maxPerCustomer$/, key: 'maxPerCustomer' },
  { path: /^performances\.\d+\.grades\.\d+\.price$/, key: 'price' },
  { path: /^performances\.\d+\.grades\.\d+\.seats$/, key: 'seats' },
  { path: /^performances\.\d+\.grades$/, key: 'gradesDiffer' },
  { path: /^performances$/, key: 'list' },
] as const;

/**
 * The fields that faults belong to, by the paths that our own check and the API's `errors` both use. What belongs to no field is
 * in `others`, to be told above the form.
 */
export function faultsOf<Given extends { path: string }>(errors: Given[]): { known: Fault[]; others: Given[] } {
  const known = new Map<string, Fault>();
  const others: Given[] = [];
  for (const error of errors) {
    const field = FIELDS.find(({ path }) => path.test(error.path));
    if (!field) others.push(error);
    // A list has no input: React Hook Form keeps what is wrong with all of it under `root`.
    else known.set(error.path, { field: isList(error.path) ? `${error.path}.root` : error.path, key: field.key });
  }
  return { known: [...known.values()], others };
}

const isList = (path: string): boolean => /(^|\.)(performances|grades)$/.test(path);

/** What a form would come to, as far as it can be read: seats, and KRW when all of them are sold. */
export function sumOf(form: MusicalForm): { performances: number; seats: number; amount: number } {
  const grades = form.performances.flatMap((performance) => performance.grades);
  const read = (text: string) => numberOf(text) || 0;
  return {
    performances: form.performances.length,
    seats: grades.reduce((sum, grade) => sum + read(grade.seats), 0),
    amount: grades.reduce((sum, grade) => sum + read(grade.seats) * read(grade.price), 0),
  };
}

/** Another performance like this one, a day later. */
export function dayAfter({ startsAt, ...same }: PerformanceForm, zone: string): PerformanceForm {
  const [date, clock] = startsAt.split('T');
  const at = momentAt(`${date}T12:00`, zone);
  if (!('moment' in at) || clock === undefined) return { ...same, startsAt: '' };
  const next = new Date(`${date}T12:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return { ...same, startsAt: `${next.toISOString().slice(0, 10)}T${clock}` };
}
