// The text of the API's description in, its operations out.

export interface Schema {
  readonly [keyword: string]: unknown;
}

interface HeaderObject {
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface ParameterObject {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header' | 'cookie';
  readonly required?: boolean;
  /** Of a list: false says that it is one text, with commas. */
  readonly explode?: boolean;
  readonly schema: Schema;
}

export interface MediaType {
  readonly schema?: Schema;
  readonly example?: unknown;
}

export interface ResponseObject {
  /** Of one that stands elsewhere. */
  readonly $ref?: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, HeaderObject>>;
  readonly content?: Readonly<Record<string, MediaType>>;
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, ResponseObject>>;
  /** Of which a key needs one. */
  readonly 'x-scopes'?: readonly string[];
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

/** An operation and where it is. */
export interface Operation extends OperationObject {
  readonly method: string;
  /** As `/v1/calls/{callId}`. */
  readonly path: string;
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses?: Readonly<Record<string, ResponseObject>>;
  };
}

export function parseDocument(text: string): ApiDocument {
  return JSON.parse(text) as ApiDocument;
}

export function operationsOf(document: ApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      ...operation,
      responses: responsesOf(operation, document),
      method: method.toUpperCase(),
      path,
    })),
  );
}

/** Those that stand elsewhere in the place of what refers to them. */
function responsesOf(
  { responses }: OperationObject,
  { components }: ApiDocument,
): OperationObject['responses'] {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const name = response.$ref?.split('/').at(-1);
      const found = name === undefined ? response : components.responses?.[name];
      if (found === undefined) throw new Error(`there is no ${name ?? ''}`);
      return [status, found];
    }),
  );
}

/** Finds the operation that a request is for. */
export class OperationFinder {
  private readonly routes: readonly { readonly operation: Operation; readonly pattern: RegExp }[];

  constructor(operations: readonly Operation[]) {
    // OpenAPI wants paths without parameters matched before those with some.
    const parameters = ({ path }: Operation) => path.split('{').length;
    this.routes = [...operations]
      .sort((a, b) => parameters(a) - parameters(b))
      .map((operation) => ({ operation, pattern: patternOf(operation.path) }));
  }

  /** @param pathname without the query, as it was sent */
  find(method: string, pathname: string): Operation | undefined {
    // The answer to HEAD is that to GET, but for its body.
    const described = method === 'HEAD' ? 'GET' : method;
    return this.routes.find(
      ({ operation, pattern }) => operation.method === described && pattern.test(pathname),
    )?.operation;
  }
}

/** Express overlooks a slash at the end, and capitals. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`, 'i');
}
