import { adapters, type AdapterName } from './conformance/adapters';
import { exactlyOnceConformance } from './conformance/exactly-once';

describe.each(Object.keys(adapters) as AdapterName[])('%s, exactly once in effect', exactlyOnceConformance);
