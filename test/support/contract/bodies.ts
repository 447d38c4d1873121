// The body of a request or an answer, and what the API's description says about it, in; what is wrong out.
import type { Exchange } from './contract.js';
import type { MediaType, Operation } from './document.js';
import type { SchemaChecks } from './schemas.js';

type Content = Readonly<Record<string, MediaType>>;

/** @param content the descriptions of the bodies that there may be, by their media types; none: no body */
export function bodyProblem(exchange: Exchange, content: Content, checks: SchemaChecks): string | undefined {
  const { headers, text } = exchange;
  if (Object.keys(content).length === 0)
    return text === '' ? undefined : 'there is a body, and none described';
  const mediaType = mediaTypeOf(headers);
  const described = content[mediaType];
  if (described === undefined) return `the content type is ${mediaType}`;
  const { schema } = described;
  if (schema === undefined || schema['format'] === 'binary') return undefined;
  const check = checks.of(schema);
  if (schema['type'] === 'string') return check(text);
  if (!mediaType.includes('ndjson')) return check(parsed(text));
  // The schema of a stream of JSON is that of a line.
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => check(parsed(line)))
    .find((problem) => problem !== undefined);
}

/** What is wrong with the body of a request that went well. */
export function requestBodyProblem(
  { requestBody }: Exchange,
  { requestBody: described }: Operation,
  checks: SchemaChecks,
): string | undefined {
  const schema = described?.content['application/json']?.schema;
  if (typeof requestBody !== 'string') return undefined;
  if (schema === undefined) return 'the request has a body, and none is described';
  const problem = checks.of(schema)(JSON.parse(requestBody));
  return problem === undefined ? undefined : `the body of the request: ${problem}`;
}

function mediaTypeOf(headers: Headers): string {
  return (headers.get('content-type') ?? 'none').split(';')[0]?.trim().toLowerCase() ?? 'none';
}

/** @returns the text itself when it is no JSON, which no schema of an object takes */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
