import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { sendPage } from './pages.js';

const MOST_A_MINUTE = 120;

/** Limits the sign-ins of an address, in this process. Each of them asks the identity provider. */
export function signInRate(): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: MOST_A_MINUTE,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (request, response) => {
      response.setHeader('Retry-After', 60);
      sendPage('often', request, response);
    },
  });
}
