// Handlers that run as one do what they do when Express runs them itself.
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../src/http/connections/in-order.js';

const mark =
  (name: string): RequestHandler =>
  (_request, response, next) => {
    response.append('X-Passed', name);
    next();
  };

const FAILURES: readonly (readonly [string, RequestHandler])[] = [
  [
    'passes an error on',
    (_request, _response, next: NextFunction) => {
      next(new Error('refused'));
    },
  ],
  [
    'throws',
    () => {
      throw new Error('refused');
    },
  ],
  ['throws later', () => Promise.reject(new Error('refused'))],
];

/** Asks a server that has these handlers. */
async function asked(...handlers: RequestHandler[]): Promise<{ passed: string | null; body: string }> {
  const app = express();
  app.use('/v1', ...handlers);
  app.get('/v1/calls', (request, response) => {
    response.send(`answered ${request.path}`);
  });
  app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
    response.status(500).send(error.message);
  });
  const server = app.listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/calls`);
    return { passed: answer.headers.get('X-Passed'), body: await answer.text() };
  } finally {
    server.close();
  }
}

describe('Handlers that run in order', () => {
  it('run one after the other, and the route answers', async () => {
    const later: RequestHandler = (_request, _response, next) => {
      setImmediate(next);
    };
    const handlers = [mark('one'), later, mark('two')];
    expect(await asked(inOrder(...handlers))).toEqual({ passed: 'one, two', body: 'answered /v1/calls' });
    expect(await asked(inOrder(...handlers))).toEqual(await asked(...handlers));
  });

  it.each(FAILURES)('stop where one %s', async (_how, failing) => {
    const handlers = [mark('one'), failing, mark('two')];
    expect(await asked(inOrder(...handlers))).toEqual({ passed: 'one', body: 'refused' });
    expect(await asked(inOrder(...handlers))).toEqual(await asked(...handlers));
  });

  it('may answer before the others', async () => {
    const answers: RequestHandler = (_request, response) => {
      response.send('at once');
    };
    expect(await asked(inOrder(mark('one'), answers, mark('two')))).toEqual({
      passed: 'one',
      body: 'at once',
    });
  });
});
