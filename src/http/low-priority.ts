import type { RequestHandler } from 'express';

/** A turn of the event loop is longer by less than a millisecond for each. */
const A_TURN = 2;

/**
 * Lets two of these requests on in each turn of the event loop, however many have come: they need no key, and a push takes several
 * turns. Without it, 50 clients in a loop made each turn 50 answers long.
 */
export function lowPriority(): RequestHandler {
  const waiting: (() => void)[] = [];
  const letOn = () => {
    for (const next of waiting.splice(0, A_TURN)) next();
    if (waiting.length > 0) setImmediate(letOn);
  };
  return (_request, _response, next) => {
    waiting.push(next);
    if (waiting.length === 1) setImmediate(letOn);
  };
}
