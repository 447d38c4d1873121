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
    if (node.nullable === true && 'type' in node) Object.assign(node, { type: [node.type, 'null'].flat() });
    Reflect.deleteProperty(node, 'nullable');
  }
  for (const child of Object.values(node)) rewrite(child);
}
