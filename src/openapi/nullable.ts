// OpenAPI 3.0's `nullable` in, JSON Schema's type `null` out, as OpenAPI 3.1 wants it.
import type { OpenAPIObject } from '@nestjs/swagger';

/** Nest's decorators only know `nullable: true`, which 3.1 has dropped. Changes the document in place. */
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
    // How Nest refers to another schema beside a description.
    Object.assign(schema, { anyOf: [...listOf(schema.allOf), { type: 'null' }] });
    Reflect.deleteProperty(schema, 'allOf');
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
