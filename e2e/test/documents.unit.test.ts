import { inBraces, openApiDocument } from '@outerpark/chassis/http/openapi';
import { addOperatorRoutes } from '@outerpark/chassis/operators/routes';
import { musicalService } from '@outerpark/contracts/operations/musical';
import { myPageService } from '@outerpark/contracts/operations/mypage';
import { notificationService } from '@outerpark/contracts/operations/notification';
import type { Operation } from '@outerpark/contracts/operations/operation';
import { paymentService } from '@outerpark/contracts/operations/payment';
import { reservationService } from '@outerpark/contracts/operations/reservation';
import { document as gatewayDocument, gatewayOperations } from '@outerpark/gateway/document';
import { routes as gatewayRoutes } from '@outerpark/gateway/routes';
import { routes as musicalRoutes } from '@outerpark/musical/http/routes';
import { routes as myPageRoutes } from '@outerpark/mypage/http/routes';
import { routes as notificationRoutes } from '@outerpark/notification/http/routes';
import { routes as paymentRoutes } from '@outerpark/payment/http/routes';
import { routes as reservationRoutes } from '@outerpark/reservation/http/routes';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { Router } from 'express';

/** A router that is only looked at calls nothing of what it is made with. */
const nothing = () => {
  throw new Error('not called here');
};
const unused = new Proxy({}, { get: () => nothing }) as never;

const services: [string, Router, Operation[], object][] = [
  [
    'musical',
    addOperatorRoutes(musicalRoutes(unused), unused),
    musicalService.operations,
    openApiDocument(musicalService),
  ],
  [
    'reservation',
    addOperatorRoutes(reservationRoutes(unused), unused),
    reservationService.operations,
    openApiDocument(reservationService),
  ],
  [
    'payment',
    addOperatorRoutes(paymentRoutes(unused), unused),
    paymentService.operations,
    openApiDocument(paymentService),
  ],
  [
    'notification',
    addOperatorRoutes(notificationRoutes(unused), unused),
    notificationService.operations,
    openApiDocument(notificationService),
  ],
  ['mypage', addOperatorRoutes(myPageRoutes(unused), unused), myPageService.operations, openApiDocument(myPageService)],
  ['gateway', gatewayRoutes(unused, () => [], unused, unused), gatewayOperations, gatewayDocument],
];

/** What describes the calls, and is none. */
const ABOUT = /^GET (\/|\/api\/openapi\.json|\/api\/docs.*)$/;

const routed = ({ stack }: Router): string[] =>
  stack
    .flatMap(({ route }) => route?.stack.map(({ method }) => `${method.toUpperCase()} ${route.path}`) ?? [])
    .filter((call, index, all) => !ABOUT.test(call) && all.indexOf(call) === index);

const missing = (from: string[], wanted: string[], advice: string): string[] =>
  wanted.filter((call) => !from.includes(call)).map((call) => `${call}: ${advice}`);

test.each(services)(
  'every route of %s is in its document, and every operation is routed',
  (name, router, operations) => {
    const routes = routed(router);
    const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(routes.length).toBeGreaterThan(0);
    expect([
      ...missing(
        described,
        routes,
        `describe it in packages/contracts/src/operations (who may call, body, answer, problems)`,
      ),
      ...missing(routes, described, `it is described, but ${name} has no such route`),
    ]).toEqual([]);
  },
);

test.each(services)('the document of %s is OpenAPI 3.1', async (_name, _router, operations, document) => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document) as Record<string, unknown>)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
});

interface Content {
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Described {
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { content?: Record<string, Content> }>;
}

const examplesIn = (content: Record<string, Content> | undefined): unknown[] => {
  const { example, examples = {} } = content?.['application/json'] ?? {};
  return example === undefined ? Object.values(examples).map(({ value }) => value) : [example];
};

test.each(services)(
  'every body in the document of %s has an example, which is one',
  (_name, _router, operations, document) => {
    const { paths } = document as { paths: Record<string, Record<string, Described>> };
    for (const { id, method, path, body, answer } of operations) {
      const { requestBody, responses } = paths[inBraces(path)]![method]!;
      const bodies = [
        { of: 'request', schema: body, examples: examplesIn(requestBody?.content) },
        { of: 'answer', schema: answer.body, examples: examplesIn(responses[answer.status]!.content) },
      ];
      for (const { of, schema, examples } of bodies.filter(({ schema }) => schema)) {
        const advice = `${id}: give the schema of its ${of} (or what that is made of) .meta({ examples })`;
        expect(examples.length > 0 ? '' : advice).toBe('');
        // What a schema does not know, or would change, is no true example of it.
        for (const example of examples)
          expect({ id, of, example: schema!.parse(example) }).toEqual({ id, of, example });
      }
    }
  },
);
