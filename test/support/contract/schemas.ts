// The schemas of the API's description in, functions that find what is wrong with a value out.
import { Ajv2020, type ErrorObject, type Options } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ApiDocument, Schema } from './document.js';

/** Says what is wrong with a value; undefined when nothing is. */
export type Check = (value: unknown) => string | undefined;

/** Keywords of OpenAPI that say nothing about values. */
const ANNOTATIONS = ['example', 'discriminator', 'externalDocs', 'xml'];
/** Keywords whose schemas are for the same value as the schema that they stand in. */
const SAME_VALUE = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else']);
const SCHEMAS_BY_NAME = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs']);
const REFERENCE = '#/components/schemas/';

interface Strictness {
  /** Properties that no schema names are errors, unless `additionalProperties` says otherwise. */
  readonly closed: boolean;
  /** Values come as text: that of a number is a number. */
  readonly asText?: boolean;
  /** The schemas are not held against the schema of schemas, which takes a third of a second: `test/contract/document.test.ts` does. */
  readonly areSound?: boolean;
}

/** Compiles each schema of a document once. */
export class SchemaChecks {
  private readonly ajv: Ajv2020;
  private readonly checks = new Map<Schema, Check>();

  constructor(
    document: ApiDocument,
    private readonly strictness: Strictness,
  ) {
    const options: Options = {
      strict: true,
      // `unevaluatedProperties`, which closes a schema, stands beside a `$ref` whose type is elsewhere.
      strictTypes: !strictness.closed,
      allErrors: true,
      coerceTypes: strictness.asText === true,
      meta: strictness.areSound !== true,
      validateSchema: strictness.areSound !== true,
    };
    this.ajv = new Ajv2020(options);
    addFormats.default(this.ajv);
    this.ajv.addVocabulary(ANNOTATIONS);
    for (const [name, schema] of Object.entries(document.components.schemas))
      this.ajv.addSchema(rewritten(schema, strictness.closed, false), name);
  }

  /** @throws Error for a schema that is none */
  of(schema: Schema): Check {
    const known = this.checks.get(schema);
    if (known !== undefined) return known;
    const validate = this.ajv.compile(rewritten(schema, this.strictness.closed, true));
    const check: Check = (value) =>
      validate(value) ? undefined : (validate.errors ?? []).map(explained).join('; ');
    this.checks.set(schema, check);
    return check;
  }
}

function explained({ instancePath, message, params }: ErrorObject): string {
  const values = Object.values(params).map((value) => JSON.stringify(value));
  return `${instancePath === '' ? 'the whole' : instancePath} ${message ?? 'is wrong'} (${values.join(', ')})`;
}

/**
 * A schema whose references are the names under which the document's schemas are added, and which is closed.
 *
 * @param own whether the schema is all that is said about its value: an `allOf` or a `$ref` may say more, so that only
 *   what they say together can be closed
 */
function rewritten(schema: unknown, closed: boolean, own: boolean): Schema {
  if (typeof schema !== 'object' || schema === null)
    throw new Error(`not a schema: ${JSON.stringify(schema)}`);
  const entries = Object.entries(schema).map(([keyword, value]): [string, unknown] => {
    if (keyword === '$ref') return [keyword, String(value).replace(REFERENCE, '')];
    if (SCHEMAS_BY_NAME.has(keyword)) return [keyword, mapValues(value, closed)];
    if (SAME_VALUE.has(keyword)) return [keyword, inside(value, closed, false)];
    if (['items', 'prefixItems', 'contains', 'additionalProperties'].includes(keyword))
      return [keyword, inside(value, closed, true)];
    return [keyword, value];
  });
  const closing = closed && own && saysProperties(schema) ? { unevaluatedProperties: false } : {};
  return { ...Object.fromEntries(entries), ...closing };
}

function inside(value: unknown, closed: boolean, own: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => rewritten(one, closed, own));
  return typeof value === 'boolean' ? value : rewritten(value, closed, own);
}

function mapValues(value: unknown, closed: boolean): unknown {
  return Object.fromEntries(
    Object.entries(value ?? {}).map(([name, schema]) => [name, rewritten(schema, closed, true)]),
  );
}

function saysProperties(schema: object): boolean {
  return (
    ['$ref', 'allOf', 'anyOf', 'oneOf', 'properties'].some((keyword) => keyword in schema) ||
    ('type' in schema && [schema.type].flat().includes('object'))
  );
}
