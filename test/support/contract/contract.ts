// An HTTP exchange in, nothing out, or an error that says how it is not as the API's description says.
import { bodyProblem, requestBodyProblem } from './bodies.js';
import {
  type ApiDocument,
  type Operation,
  OperationFinder,
  operationsOf,
  parseDocument,
  type ResponseObject,
} from './document.js';
import { SchemaChecks } from './schemas.js';

export interface Exchange {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly requestBody: unknown;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The description itself, the pages that show it, and the console. */
const NOT_DESCRIBED = /^\/(docs|openapi|console)\b/;
/** The form of its answers is the vendor's, and so is what it sends: none of it is held against a schema. */
const PUSH = /^\/push\b/;
/** A request for nothing that there is can be so broken, or without a key, that this is found first. */
const REFUSALS = [400, 401, 404, 405, 429];
/** Headers of HTTP itself, which every answer may have. */
const HTTP_HEADERS = new Set(
  'connection content-encoding content-length content-type date keep-alive transfer-encoding vary'.split(' '),
);

/** What every answer tells browsers. Not described: it is nothing to clients, and the same everywhere. */
export const FOR_BROWSERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The API's description, to hold answers against. */
export class Contract {
  readonly document: ApiDocument;
  readonly operations: readonly Operation[];
  private readonly finder: OperationFinder;
  private readonly values: SchemaChecks;
  private readonly texts: SchemaChecks;

  constructor(text: string) {
    this.document = parseDocument(text);
    this.operations = operationsOf(this.document);
    this.finder = new OperationFinder(this.operations);
    this.values = new SchemaChecks(this.document, { closed: true, areSound: true });
    this.texts = new SchemaChecks(this.document, { closed: true, asText: true, areSound: true });
  }

  /** @throws Error that names the operation, the status and what is wrong */
  check(exchange: Exchange): void {
    const { pathname, searchParams } = new URL(exchange.target, 'http://localhost');
    if (NOT_DESCRIBED.test(pathname)) return;
    const operation = this.finder.find(exchange.method, pathname);
    const problem =
      browserProblem(exchange.headers) ??
      (operation === undefined
        ? this.strayProblem(exchange, pathname)
        : this.operationProblem(exchange, operation, searchParams));
    if (problem === undefined) return;
    const name = operation === undefined ? 'not described' : operation.operationId;
    throw new Error(
      `${exchange.method} ${operation?.path ?? pathname} (${name}) answered ${exchange.status}, and not as ` +
        `/openapi.json says: ${problem}\n${exchange.text.slice(0, 500)}`,
    );
  }

  private strayProblem(exchange: Exchange, pathname: string): string | undefined {
    const { status, headers } = exchange;
    const tellsMethods = status === 405 || (status === 204 && exchange.method === 'OPTIONS');
    if (tellsMethods && headers.get('allow') === null) return 'the header Allow is missing';
    if (tellsMethods && status === 204) return exchange.text === '' ? undefined : 'there is a body';
    if (!REFUSALS.includes(status)) return `the status is none of ${REFUSALS.join(', ')}`;
    const [type, schema] = PUSH.test(pathname)
      ? ['application/json', 'PushAnswer']
      : ['application/problem+json', 'Problem'];
    const content = { [type]: { schema: { $ref: `#/components/schemas/${schema}` } } };
    return this.contentProblem(exchange, { description: '', content });
  }

  private operationProblem(
    exchange: Exchange,
    operation: Operation,
    query: URLSearchParams,
  ): string | undefined {
    const response = operation.responses[exchange.status];
    if (response === undefined) return 'the status is not described';
    const ofAnswer = this.headersProblem(exchange, response) ?? this.contentProblem(exchange, response);
    if (ofAnswer !== undefined || exchange.status >= 300 || PUSH.test(operation.path)) return ofAnswer;
    return this.queryProblem(query, operation) ?? requestBodyProblem(exchange, operation, this.values);
  }

  private contentProblem(exchange: Exchange, response: ResponseObject): string | undefined {
    if (exchange.method !== 'HEAD') return bodyProblem(exchange, response.content ?? {}, this.values);
    return exchange.text === '' ? undefined : 'the answer to HEAD has a body';
  }

  private headersProblem({ headers }: Exchange, response: ResponseObject): string | undefined {
    const described = Object.entries(response.headers ?? {});
    for (const [name, { required, schema }] of described) {
      const value = headers.get(name);
      if (value === null && required === true) return `the header ${name} is missing`;
      const problem = value === null ? undefined : this.texts.of(schema)(value);
      if (problem !== undefined) return `the header ${name}: ${problem}`;
    }
    const names = new Set(described.map(([name]) => name.toLowerCase()));
    const stray = [...headers.keys()].find(
      (name) => !names.has(name) && !HTTP_HEADERS.has(name) && !(name in FOR_BROWSERS),
    );
    return stray === undefined ? undefined : `the header ${stray} is not described`;
  }

  /** What a request that went well asked with: all of it must be described. */
  private queryProblem(query: URLSearchParams, operation: Operation): string | undefined {
    for (const name of new Set(query.keys())) {
      const parameter = operation.parameters?.find((one) => one.in === 'query' && one.name === name);
      if (parameter === undefined) return `the query parameter ${name} is not described`;
      const given = query.getAll(name);
      const isList = parameter.schema['type'] === 'array';
      const value = isList
        ? parameter.explode === true
          ? given
          : given.flatMap((text) => text.split(',').map((part) => part.trim()))
        : given.length === 1
          ? given[0]
          : given;
      const problem = this.texts.of(parameter.schema)(value);
      if (problem !== undefined) return `the query parameter ${name}: ${problem}`;
    }
    return undefined;
  }
}

function browserProblem(headers: Headers): string | undefined {
  const wrong = Object.entries(FOR_BROWSERS).find(([name, value]) => headers.get(name) !== value)?.[0];
  return wrong === undefined ? undefined : `the header ${wrong} is ${headers.get(wrong) ?? 'missing'}`;
}
