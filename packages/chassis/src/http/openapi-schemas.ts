import { z } from 'zod';

export type Json = Record<string, unknown>;

export interface Schemas {
  request(type: z.ZodType): Json;
  answer(type: z.ZodType): Json;
  /** What its schema gives as examples, else one that is put together from those of its parts; none when a part has none. */
  examplesOf(schema: Json): unknown[];
  components: Record<string, Json>;
}

/** Types as JSON schemas; those with an id become components and are referred to. */
export function createSchemas(): Schemas {
  const components: Record<string, Json> = {};
  const convert = (type: z.ZodType, io: 'input' | 'output'): Json => {
    const whole = z.toJSONSchema(z.tuple([type]), { io });
    const { prefixItems, $defs = {} } = JSON.parse(
      JSON.stringify(whole).replaceAll('"#/$defs/', '"#/components/schemas/'),
    ) as { prefixItems: [Json]; $defs?: Record<string, Json> };
    for (const [id, schema] of Object.entries($defs)) {
      if (id in components && JSON.stringify(components[id]) !== JSON.stringify(schema))
        throw new Error(`the schema ${id} means one thing in a request and another in an answer`);
      components[id] = schema;
    }
    return prefixItems[0];
  };
  return {
    request: (type) => convert(type, 'input'),
    answer: (type) => convert(type, 'output'),
    examplesOf: (schema) => examplesOf(schema, components),
    components,
  };
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  examples?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
}

function examplesOf(schema: Schema, components: Record<string, Json>): unknown[] {
  const first = (part: Schema) => examplesOf(part, components)[0];
  const { $ref, type, examples, anyOf, properties, required = [], items } = schema;
  if (examples) return examples;
  if ($ref) return examplesOf(components[$ref.split('/').at(-1)!]!, components);
  if ('const' in schema) return [schema.const];
  if ([type, ...(anyOf ?? []).map((one) => one.type)].flat().includes('null')) return [null];
  if (items)
    return examplesOf(items, components)
      .slice(0, 1)
      .map((item) => [item]);
  if (!properties) return [];
  const whole = Object.fromEntries(
    Object.entries(properties)
      .map(([name, part]) => [name, first(part)] as const)
      .filter(([, example]) => example !== undefined),
  );
  return required.every((name) => name in whole) ? [whole] : [];
}
