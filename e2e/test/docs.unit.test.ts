import { Parser } from '@asyncapi/parser';
import { events } from '@outerpark/contracts/events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASYNCAPI, ROOT } from '../src/docs/documents';
import { staleDocuments } from '../src/docs/stale';

test('the documents in docs/ say what the code says', () => {
  expect(staleDocuments().map((path) => `${path}: npm run docs`)).toEqual([]);
});

describe('docs/asyncapi.yaml', () => {
  const parsed = new Parser().parse(readFileSync(join(ROOT, ASYNCAPI), 'utf8'));

  test('is AsyncAPI 3.0, and its examples are what its schemas allow', async () => {
    const { document, diagnostics } = await parsed;
    // AsyncAPI 3.1 is newer, which is all that the parser has to say.
    const told = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
    expect(told.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
  });

  test('has every event, told by one service and read by those that care', async () => {
    const { document } = await parsed;
    const operations = document!.operations().all();
    const sent = operations
      .filter((operation) => operation.isSend())
      .flatMap((operation) => operation.messages().all());
    expect(sent.map((message) => message.name()).sort()).toEqual([...Object.keys(events), 'CustomerContact'].sort());
    const readersOf = (type: string) =>
      operations
        .filter(
          (operation) =>
            operation.isReceive() &&
            operation
              .messages()
              .all()
              .some((one) => one.name() === type),
        )
        .map((operation) => operation.tags().all()[0]!.name())
        .sort();
    expect(readersOf('ReservationConfirmed')).toEqual(['musical', 'mypage', 'notification']);
    expect(readersOf('CustomerContact')).toEqual(['notification']);
    expect(readersOf('MusicalRegistered')).toEqual([]);
  });
});
