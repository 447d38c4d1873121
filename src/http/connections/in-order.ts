import type { NextFunction, Request, RequestHandler, Response } from 'express';

/**
 * Makes one handler of several that run one after the other, as Express would run them. For each handler that
 * Express runs itself, it matches the path and makes objects and functions: 4 µs and 2 kB.
 */
export function inOrder(...handlers: readonly RequestHandler[]): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    let at = 0;
    const fail = (error: unknown) => {
      next(error ?? new Error('A handler failed without an error'));
    };
    const go = (error?: unknown) => {
      const handler = handlers[at];
      at += 1;
      if (error !== undefined || handler === undefined) {
        next(error);
        return;
      }
      try {
        const result: unknown = handler(request, response, go);
        if (result instanceof Promise) result.catch(fail);
      } catch (thrown) {
        fail(thrown);
      }
    };
    go();
  };
}
