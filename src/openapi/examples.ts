// Where examples of parameters stand in the description.
import type { OpenAPIObject } from '@nestjs/swagger';
import { HTTP_METHODS } from './common-answers.js';

/** Longer ones are cursors, which tell nobody anything. */
const LONGEST_SHOWN = 40;

/**
 * Moves the example of each parameter into its schema's `examples`, and for people into its description. Swagger UI fills in what
 * stands as `example`, of all parameters at once: the first request of `GET /v1/calls` had twenty filters and another list's
 * cursor. Changes the document in place.
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

/** As it stands in a query. */
function textOf(example: unknown): string {
  if (Array.isArray(example)) return example.map(textOf).join(',');
  return typeof example === 'string' ? example : JSON.stringify(example);
}
