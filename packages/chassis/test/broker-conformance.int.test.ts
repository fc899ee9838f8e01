import { adapters, type AdapterName } from './conformance/adapters';
import { exactlyOnceConformance } from './conformance/exactly-once';

// Sessions end and brokers start again in these; on a busy machine that takes its time.
jest.setTimeout(120_000);

describe.each(Object.keys(adapters) as AdapterName[])('%s, exactly once in effect', exactlyOnceConformance);
