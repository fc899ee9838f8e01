import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedSpan {
  service: string;
  name: string;
  kind: string;
  traceId: string;
  spanId: string;
  /** Empty for the first span of a trace. */
  parentSpanId: string;
  attributes: Record<string, unknown>;
  failed: boolean;
}

export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT; spans are to come as `http/json`. */
  url: string;
  spans: ReceivedSpan[];
  /** How it answers from now on: `hang` takes everything and answers nothing, until it behaves otherwise. */
  behave(as: 'well' | 'refuse' | 'hang'): void;
  stop(): Promise<void>;
}

/** A collector for tests: keeps the spans that it is sent. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  let behaviour: 'well' | 'refuse' | 'hang' = 'well';
  const held: ServerResponse[] = [];
  const refuse = (res: ServerResponse) => void res.writeHead(400).end();
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      if (behaviour === 'hang') return void held.push(res);
      if (behaviour === 'refuse' || req.url !== '/v1/traces') return refuse(res);
      spans.push(...spansIn(JSON.parse(Buffer.concat(chunks).toString()) as Exported));
      res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    behave: (as) => {
      behaviour = as;
      if (as !== 'hang') held.splice(0).forEach(refuse);
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Told = { key: string; value: Record<string, unknown> }[];

interface Exported {
  resourceSpans: {
    resource: { attributes: Told };
    scopeSpans: {
      spans: {
        name: string;
        kind: number;
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        attributes: Told;
        status: { code?: number };
      }[];
    }[];
  }[];
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const ERROR = 2;

const spansIn = ({ resourceSpans }: Exported): ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ name, kind, traceId, spanId, parentSpanId = '', attributes, status }) => ({
        service: String(valuesOf(resource.attributes)['service.name']),
        ...{ name, kind: KINDS[kind]!, traceId, spanId, parentSpanId },
        attributes: valuesOf(attributes),
        failed: status.code === ERROR,
      })),
  );

const valuesOf = (attributes: Told): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
