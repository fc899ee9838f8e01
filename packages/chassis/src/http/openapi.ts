import { EXAMPLE } from '@outerpark/contracts/http/examples';
import { idempotencyKey } from '@outerpark/contracts/http/idempotency';
import { problem, PROBLEM_PREFIX, problems, type ProblemName } from '@outerpark/contracts/http/problems';
import type { Operation, ServiceDescription } from '@outerpark/contracts/operations/operation';
import { tagOf } from '@outerpark/contracts/operations/tags';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { createSchemas, type Json, type Schemas } from './openapi-schemas';

export interface OpenApiDocument extends Json {
  openapi: string;
  paths: Record<string, Json>;
}

/**
 * The OpenAPI 3.1 document of a service, by the zod schemas that validate its requests. `problems` are what any call may be
 * answered besides: those of a gateway. `inPlaceOfToken` are security schemes, any of which does as well as a bearer token.
 */
export function openApiDocument(
  { title, description, operations }: ServiceDescription,
  problems: ProblemName[] = [],
  inPlaceOfToken: Record<string, Json> = {},
): OpenApiDocument {
  const schemas = createSchemas();
  const known = new Set(operations.map(({ id }) => id));
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = (paths[inBraces(operation.path)] ??= {});
    const security = securityOf(operation, Object.keys(inPlaceOfToken));
    path[operation.method] = { ...described(operation, problems, schemas, known), ...security };
  }
  return {
    openapi: '3.1.1',
    info: { title, version: '1', description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(({ path }) => tagOf(path)))].map(({ name, description }) => ({
      name,
      description,
    })),
    paths,
    components: {
      schemas: schemas.components,
      examples: problemExamples,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token of the issuer' },
        ...inPlaceOfToken,
      },
    },
  };
}

export const documentHandler =
  (document: OpenApiDocument): RequestHandler =>
  (_req, res) =>
    void res.json(document);

/** `/a/:id` as OpenAPI has it: `/a/{id}`. */
export const inBraces = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

function described(operation: Operation, besides: ProblemName[], schemas: Schemas, known: Set<string>): Json {
  const { id, path, params = {}, summary, description, query, headers, body, answer } = operation;
  const parameters = [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => parameter('path', name!, params[name!] ?? z.uuid(), schemas)),
    ...Object.entries(query?.shape ?? {}).map(([name, type]) => parameter('query', name, type as z.ZodType, schemas)),
    ...Object.entries(headers?.shape ?? {}).map(([name, type]) =>
      parameter('header', name, type as z.ZodType, schemas),
    ),
    ...(operation.repeatable ? [parameter('header', 'Idempotency-Key', idempotencyKey, schemas)] : []),
  ];
  return {
    operationId: id,
    tags: [tagOf(path).name],
    summary,
    ...(description ? { description } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: json(schemas.request(body), schemas) } } : {}),
    responses: {
      [answer.status]: {
        description: answer.summary,
        headers: headersOf(operation, schemas),
        ...(answer.body ? { content: json(schemas.answer(answer.body), schemas) } : {}),
        ...(answer.events ? { content: eventStream(answer.events, schemas) } : {}),
        ...(answer.next ? { links: linksOf(answer.next, known) } : {}),
      },
      ...refusals([...problemsOf(operation), ...besides], schemas),
    },
  };
}

const securityOf = ({ who }: Operation, others: string[]): Json =>
  who === 'anyone'
    ? {}
    : { security: [{ bearer: who === 'identity' ? [] : [who] }, ...others.map((name) => ({ [name]: [] }))] };

const parameter = (place: 'path' | 'query' | 'header', name: string, type: z.ZodType, schemas: Schemas): Json => ({
  in: place,
  name,
  required: place === 'path' || !type.safeParse(undefined).success,
  schema: schemas.request(type),
});

const json = (schema: Json, schemas: Schemas): Json => {
  const [example, ...others] = schemas.examplesOf(schema);
  if (example === undefined) return { 'application/json': { schema } };
  if (others.length === 0) return { 'application/json': { schema, example } };
  const named = [example, ...others].map((value, index) => [`form ${index + 1}`, { value }]);
  return { 'application/json': { schema, examples: Object.fromEntries(named) as Json } };
};

/** OpenAPI 3.1 has no words for the parts of a stream: the example shows them as they are sent. */
const eventStream = (events: Record<string, z.ZodType>, schemas: Schemas): Json => {
  const parts = Object.entries(events).map(([name, data]) => [name, schemas.answer(data)] as const);
  const sent = parts.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(schemas.examplesOf(data)[0])}\n\n`);
  return { 'text/event-stream': { schema: text, example: sent.join(''), 'x-events': Object.fromEntries(parts) } };
};

const header = (description: string, schema: Json, required = false): Json => ({ description, required, schema });
const text = { type: 'string' };
const correlationId = { 'X-Correlation-Id': header('Names the request in every log line and event', text, true) };

const headersOf = ({ answer, repeatable }: Operation, schemas: Schemas): Json => ({
  ...correlationId,
  ...(repeatable ? { 'Idempotent-Replayed': header('The answer was stored before', { const: 'true' }) } : {}),
  ...Object.fromEntries(
    Object.entries(answer.headers ?? {}).map(([name, { summary, schema }]) => [
      name,
      header(summary, schemas.answer(schema)),
    ]),
  ),
});

/** Those that this document knows: a service has a part of all operations. */
const linksOf = (next: NonNullable<Operation['answer']['next']>, known: Set<string>): Json =>
  Object.fromEntries(
    Object.entries(next)
      .filter(([id]) => known.has(id))
      .map(([id, { params, body }]) => [
        id,
        { operationId: id, ...(params ? { parameters: params } : {}), ...(body ? { requestBody: body } : {}) },
      ]),
  );

/** The operation's own problems, and those that come with its form. */
export const problemsOf = ({ who, path, body, repeatable, problems = [] }: Operation): ProblemName[] => [
  'invalid-request',
  ...(body ? (['malformed-json', 'body-too-large', 'unsupported-media-type'] as const) : []),
  'unauthenticated',
  ...(who === 'customer' || who === 'admin' ? (['forbidden'] as const) : []),
  ...(path.includes(':') ? (['not-found'] as const) : []),
  ...(repeatable ? (['request-in-flight', 'idempotency-key-reused'] as const) : []),
  ...problems,
  'internal-error',
  'service-unavailable',
];

/** One answer for each status, with the types of problem that it may have. */
function refusals(names: ProblemName[], schemas: Schemas): Json {
  const statuses = [...new Set(names.map((name) => problems[name].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const of = [...new Set(names)].filter((name) => problems[name].status === status);
      const type = { type: { enum: of.map((name) => PROBLEM_PREFIX + name) } };
      return [
        status,
        {
          description: of.map((name) => problems[name].title).join('; or: '),
          headers: { ...correlationId, ...refusalHeaders[status] },
          content: {
            'application/problem+json': {
              schema: { allOf: [schemas.answer(problem), { properties: type }] },
              examples: Object.fromEntries(of.map((name) => [name, { $ref: `#/components/examples/${name}` }])),
            },
          },
        },
      ];
    }),
  );
}

const problemExamples: Json = Object.fromEntries(
  Object.entries(problems).map(([name, { status, title }]) => [
    name,
    { summary: title, value: { type: PROBLEM_PREFIX + name, title, status, correlationId: EXAMPLE.correlationId } },
  ]),
);

const retryAfter = {
  'Retry-After': header('Seconds after which to try again', { type: 'integer', minimum: 1 }, true),
};
const refusalHeaders: Record<number, Json> = {
  401: { 'WWW-Authenticate': header('How to authenticate', text, true) },
  429: retryAfter,
  503: retryAfter,
};
