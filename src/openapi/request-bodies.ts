// How the service reads JSON bodies, said of every schema of one.
import type { OpenAPIObject } from '@nestjs/swagger';

interface ObjectSchema {
  readonly required?: string[];
  readonly properties?: Record<string, object>;
  additionalProperties?: unknown;
}

/**
 * A field that no schema names is refused, and null is as good as a field that is missing: for those that may be missing it is
 * described. (Bodies of pushes are the vendor's.) Changes the document in place, before `nullable` is rewritten.
 */
export function closeBodies(document: OpenAPIObject): void {
  for (const [path, item] of Object.entries(document.paths)) {
    const body = path.startsWith('/v1') ? item.post?.requestBody : undefined;
    if (body === undefined || '$ref' in body) continue;
    const schema = body.content['application/json']?.schema;
    if (schema === undefined || !('$ref' in schema)) throw new Error(`the body of POST ${path} has no name`);
    const named = document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
    if (named !== undefined && 'properties' in named) close(named);
  }
}

function close(schema: ObjectSchema): void {
  const { required = [], properties = {} } = schema;
  for (const [name, property] of Object.entries(properties))
    if (!required.includes(name)) Object.assign(property, { nullable: true });
  schema.additionalProperties = false;
}
