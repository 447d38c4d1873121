// What comes of a question: data, or what went wrong.

/** What went wrong with a question. */
export interface Problem {
  /** The HTTP status; 0: nobody answered; undefined: what came is no answer of the API, or the page is at fault. */
  readonly status: number | undefined;
  readonly detail: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
  readonly requestId: string | undefined;
}

export type Answer<T> =
  { readonly data: T; readonly problem?: never } | { readonly data?: never; readonly problem: Problem };

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
