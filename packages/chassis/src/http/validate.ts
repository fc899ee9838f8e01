import type { Request } from 'express';
import { z, type ZodType } from 'zod';
import { problem } from '../errors';

export type Where = 'body' | 'query' | 'params';

/**
 * What the request has at this place, typed by the schema; throws `invalid-request` with every fault as `{path, message}`.
 * Only this turns a ZodError into the caller's fault: anywhere else it is ours.
 */
export function parse<T>(schema: ZodType<T>, value: unknown, where: Where = 'body'): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const errors = read.error.issues
    .flatMap((issue) => narrowed(issue, value))
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  throw problem('invalid-request', `The ${where} is not as expected`, { errors });
}

const uuid = z.uuid();

export const isUuid = (text: string): boolean => uuid.safeParse(text).success;

/** The UUID in the path, in lower case as it is stored; what is no UUID names nothing, so it is `not-found`. */
export function idParam(req: Request, name: string): string {
  const id = uuid.safeParse(req.params[name]);
  if (!id.success) throw problem('not-found');
  return id.data.toLowerCase();
}

type Issue = z.core.$ZodIssue;
interface Fault {
  path: PropertyKey[];
  message: string;
}

/** The faults behind an issue; of a union those of the branch that the value most likely meant. */
function narrowed(issue: Issue, value: unknown): Fault[] {
  const given = at(value, issue.path);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branches = [...issue.errors].sort((a, b) => distance(a, given) - distance(b, given));
    return (branches[0] ?? []).flatMap((inner) =>
      narrowed(inner, given).map((fault) => ({ ...fault, path: [...issue.path, ...fault.path] })),
    );
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'Is not known here' }));
  }
  const missing = issue.code === 'invalid_type' && given === undefined;
  return [{ path: issue.path, message: missing ? 'Is required' : issue.message }];
}

/** A member that is missing or unknown says "another branch was meant"; a member with a bad value says little. */
const distance = (issues: Issue[], value: unknown): number =>
  issues.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys') return sum + 10 * issue.keys.length;
    return sum + (issue.code === 'invalid_type' && at(value, issue.path) === undefined ? 10 : 1);
  }, 0);

const at = (value: unknown, path: PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
