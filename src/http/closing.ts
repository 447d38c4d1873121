import type { Response } from 'express';

/** Aborted when the answer has been sent, or can't be any more because the client is gone. */
export function closingOf(response: Response): AbortSignal {
  const closing = new AbortController();
  response.once('close', () => {
    closing.abort();
  });
  return closing.signal;
}
