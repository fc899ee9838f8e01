import type { z } from 'zod';
import type { ProblemName } from '../http/problems';

/** Whoever comes, whoever has a valid token, or who has this role. */
export type Who = 'anyone' | 'identity' | 'customer' | 'admin';

/**
 * One call of a service: what its OpenAPI document is made from, by the schemas that validate. What every call has in common
 * (a body may be malformed, a token too old) is added where the document is made.
 */
export interface Operation {
  /** Its name in documents and in generated clients. */
  id: string;
  method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  /** As a router writes it, such as `/api/musicals/:id`. */
  path: string;
  /** What stands in the path; a UUID when it is not said. */
  params?: Record<string, z.ZodType>;
  who: Who;
  summary: string;
  description?: string;
  query?: z.ZodObject;
  /** Headers of its own. */
  headers?: z.ZodObject;
  body?: z.ZodType;
  /** It takes an Idempotency-Key. */
  repeatable?: boolean;
  answer: {
    status: number;
    summary: string;
    /** None for an answer without a body. */
    body?: z.ZodType;
    /** In place of a body, for a stream of server-sent events: name of the event -> its data. */
    events?: Record<string, z.ZodType>;
    headers?: Record<string, { summary: string; schema: z.ZodType }>;
    /** By operation: what may be called next, and what it takes from this answer, as OpenAPI's runtime expressions. */
    next?: Record<string, { params?: Record<string, string>; body?: unknown }>;
  };
  /** Its own ones, such as `seats-unavailable`. */
  problems?: ProblemName[];
}

/** All calls of one service. */
export interface ServiceDescription {
  title: string;
  description: string;
  operations: Operation[];
}
