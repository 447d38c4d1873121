// Bounds that hold for all of the API, said of every schema that they hold for.
import type { OpenAPIObject } from '@nestjs/swagger';

type Schema = Record<string, unknown>;

const LARGEST_INT32 = 2_147_483_647;

/**
 * Whole numbers of the API are never negative. Those without a bound are sums and counts, which may pass 2³¹: clients that
 * generate 32-bit integers for them would overflow. A page holds as many entries as its `limit` may say. Changes the document in place.
 */
export function addBounds(document: OpenAPIObject): void {
  eachSchema(document, boundInteger);
  const schemas = Object.values(document.components?.schemas ?? {}).flatMap((schema) =>
    'properties' in schema ? [schema.properties ?? {}] : [],
  );
  const most = schemas.find((properties) => 'nextCursor' in properties && 'limit' in properties)?.['limit'];
  for (const { data, page } of schemas)
    if (data !== undefined && page !== undefined && most !== undefined && 'maximum' in most)
      Object.assign(data, { maxItems: most.maximum });
}

function boundInteger(schema: Schema): void {
  if (![schema['type']].flat().includes('integer')) return;
  const { minimum = 0, maximum, format } = schema;
  const isShort = typeof maximum === 'number' && maximum <= LARGEST_INT32;
  Object.assign(schema, { minimum, format: format ?? (isShort ? 'int32' : 'int64') });
}

function eachSchema(node: unknown, visit: (schema: Schema) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node) visit(node);
  for (const [name, child] of Object.entries(node)) if (!name.startsWith('example')) eachSchema(child, visit);
}
