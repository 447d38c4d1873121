// The security headers of all answers, which protect users of browsers.
import type { RequestHandler } from 'express';
import helmet, { contentSecurityPolicy, strictTransportSecurity } from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

const YEAR_S = 31_536_000;
const NONE = ["'none'"];
/** For answers that browsers do not show as pages: nothing may be loaded, and no page may frame them. */
const NOTHING_ALLOWED = { defaultSrc: NONE, baseUri: NONE, formAction: NONE, frameAncestors: NONE };
/**
 * For Swagger UI, whose style sheet contains its images as `data:` URLs. It may send requests to this service only.
 */
const SWAGGER_UI_ALLOWED = {
  ...NOTHING_ALLOWED,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
};

/**
 * For the console. It may load its own files, send requests to this service, and play what it has fetched itself. Its
 * script must not make markup from text.
 */
const CONSOLE_ALLOWED = {
  ...NOTHING_ALLOWED,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  mediaSrc: ['blob:'],
  requireTrustedTypesFor: ["'script'"],
};

/**
 * Sets the headers of all answers. Headers that only old browsers understand are left out. All answers get the same
 * ones, so helmet runs only once: its nested handlers took a twentieth of the time of a push of one record.
 */
export function securityHeaders(): RequestHandler {
  const headers = headersOfAll();
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

/** Returns the headers that {@link securityHeaders} sets, for answers that Express does not send. */
export function headersOfAll(): [name: string, value: string][] {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const ask = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: NOTHING_ALLOWED },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  ask(request, response, (error?: unknown) => {
    if (error !== undefined) throw new Error('helmet gives no headers', { cause: error });
  });
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}

/** For the paths of Swagger UI, after {@link securityHeaders}. */
export function swaggerUiPolicy(): RequestHandler {
  return contentSecurityPolicy({ useDefaults: false, directives: SWAGGER_UI_ALLOWED });
}

/** For the paths of the console, after {@link securityHeaders}. */
export function consolePolicy(): RequestHandler {
  return contentSecurityPolicy({ useDefaults: false, directives: CONSOLE_ALLOWED });
}

/**
 * Sets Strict-Transport-Security if the client uses TLS, as a trusted proxy reports it. Plain HTTP must not have
 * the header (RFC 6797, 7.2). Subdomains are not included, because they may belong to somebody else.
 */
export function tlsOnly(): RequestHandler {
  const demand = strictTransportSecurity({ maxAge: YEAR_S, includeSubDomains: false });
  return (request, response, next) => {
    if (request.secure) demand(request, response, next);
    else next();
  };
}
