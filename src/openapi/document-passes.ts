// Changes to the whole document: bounds, null types, closed bodies, and examples.
import type { OpenAPIObject } from '@nestjs/swagger';
import { HTTP_METHODS } from './common-answers.js';

type Schema = Record<string, unknown>;

const LARGEST_INT32 = 2_147_483_647;

/**
 * Adds bounds to integers and pages. Whole numbers of the API are never negative. Those without a bound are sums
 * and counts, which may exceed 2³¹, so that 32-bit integers of generated clients would overflow. A page holds at
 * most as many entries as the largest `limit`. Changes the document in place.
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

/**
 * Replaces `nullable: true`, which Nest's decorators write and OpenAPI 3.1 has dropped. Changes the document in
 * place.
 */
export function withNullTypes(document: OpenAPIObject): OpenAPIObject {
  rewrite(document);
  return document;
}

function rewrite(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('nullable' in node) {
    const isNullable = node.nullable === true;
    Reflect.deleteProperty(node, 'nullable');
    if (isNullable) allowNull(node);
  }
  for (const child of Object.values(node)) rewrite(child);
}

function allowNull(schema: object): void {
  if ('enum' in schema) Object.assign(schema, { enum: [...listOf(schema.enum), null] });
  if ('type' in schema) Object.assign(schema, { type: [schema.type, 'null'].flat() });
  else if ('allOf' in schema) {
    // Nest writes `allOf` for a reference to another schema with a description.
    Object.assign(schema, { anyOf: [...listOf(schema.allOf), { type: 'null' }] });
    Reflect.deleteProperty(schema, 'allOf');
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

interface ObjectSchema {
  readonly required?: string[];
  readonly properties?: Record<string, object>;
  additionalProperties?: unknown;
}

/**
 * Says of the bodies under `/v1` that unknown fields are refused, and that null counts as missing for optional
 * fields. (Bodies of pushes are the vendor's.) Changes the document in place, before `nullable` is rewritten.
 */
export function closeBodies(document: OpenAPIObject): void {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const body of [item.post?.requestBody, item.put?.requestBody, item.patch?.requestBody]) {
      if (!path.startsWith('/v1') || body === undefined || '$ref' in body) continue;
      const schema = body.content['application/json']?.schema;
      if (schema === undefined || !('$ref' in schema)) throw new Error(`a body of ${path} has no name`);
      const named = document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
      if (named !== undefined && 'properties' in named) close(named);
    }
  }
}

function close(schema: ObjectSchema): void {
  const { required = [], properties = {} } = schema;
  for (const [name, property] of Object.entries(properties))
    if (!required.includes(name)) Object.assign(property, { nullable: true });
  schema.additionalProperties = false;
}

/** Longer examples are cursors, which are of no use to readers. */
const LONGEST_SHOWN = 40;

/**
 * Moves the example of each parameter into its schema's `examples`, and for people into its description. Swagger UI
 * fills in every parameter that has an `example`: the first request of `GET /v1/calls` had twenty filters and a
 * cursor of another list. Changes the document in place.
 */
export function keepExamplesFromForms(document: OpenAPIObject): void {
  for (const item of Object.values(document.paths)) {
    for (const method of HTTP_METHODS) {
      for (const parameter of item[method]?.parameters ?? []) {
        if ('$ref' in parameter || parameter.schema === undefined || '$ref' in parameter.schema) continue;
        const { schema, description = '' } = parameter;
        const example: unknown = parameter.example ?? schema.example;
        if (example === undefined) continue;
        Object.assign(schema, { examples: [example] });
        delete parameter.example;
        delete schema.example;
        const isShown = !('enum' in schema) && schema.type !== 'boolean' && schema.default === undefined;
        const text = textOf(example);
        if (isShown && text.length <= LONGEST_SHOWN)
          parameter.description = `${description} Example: \`${text}\`.`;
      }
    }
  }
}

/** Writes an example as it would be written in a query. */
function textOf(example: unknown): string {
  if (Array.isArray(example)) return example.map(textOf).join(',');
  return typeof example === 'string' ? example : JSON.stringify(example);
}
