import { openApiDocument } from '@outerpark/chassis/http/openapi';
import { gatewayService } from '@outerpark/contracts/operations/gateway';
import { musicalService } from '@outerpark/contracts/operations/musical';
import { myPageService } from '@outerpark/contracts/operations/mypage';
import { notificationService } from '@outerpark/contracts/operations/notification';
import type { Operation } from '@outerpark/contracts/operations/operation';
import { gatheredOperations } from '@outerpark/contracts/operations/operators';
import { paymentService } from '@outerpark/contracts/operations/payment';
import { reservationService } from '@outerpark/contracts/operations/reservation';
import { introduction } from './introduction';

const services = [musicalService, reservationService, paymentService, notificationService, myPageService];

const call = ({ method, path }: Operation): string => `${method} ${path}`;
const gathered = gatheredOperations.map(call);

/** All that can be reached from outside: what every service says to operators is gathered here. */
export const gatewayOperations = [
  ...services
    .flatMap(({ operations }) => operations)
    .filter((operation) => operation.path.startsWith('/api/') && !gathered.includes(call(operation))),
  ...gatheredOperations,
  ...gatewayService.operations,
];

/** Whoever calls with a session may be told that. */
const withSession = (operation: Operation): Operation =>
  operation.method === 'get'
    ? operation
    : { ...operation, problems: [...(operation.problems ?? []), 'csrf-token-invalid'] };

export const document = openApiDocument(
  {
    title: 'OuterPark',
    description: introduction,
    operations: gatewayOperations.map(withSession),
  },
  ['too-many-requests', 'bad-gateway', 'gateway-timeout'],
  {
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: '__Host-outerpark-session',
      description:
        'Of a browser that has signed in at /auth/login; by http the name is outerpark-PORT-session. What changes something needs X-CSRF-Token, too.',
    },
  },
);
