// What every answer tells browsers, so that nobody can make one misuse the service.
import type { RequestHandler } from 'express';
import helmet, { contentSecurityPolicy, strictTransportSecurity } from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

const YEAR_S = 31_536_000;
const NONE = ["'none'"];
/** Of answers that no browser has to show: nothing may be loaded, and no page may frame them. */
const NOTHING_ALLOWED = { defaultSrc: NONE, baseUri: NONE, formAction: NONE, frameAncestors: NONE };
/** Of Swagger UI, whose style sheet holds its pictures as `data:`. It asks the service itself, and nobody else. */
const SWAGGER_UI_ALLOWED = {
  ...NOTHING_ALLOWED,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
};

/** Of the console: its own files, and questions to the service itself. Its script makes no markup from text. */
const CONSOLE_ALLOWED = {
  ...NOTHING_ALLOWED,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  requireTrustedTypesFor: ["'script'"],
};

/**
 * Headers of all answers. Those that only browsers of former times understand are left out. They are the same for all, so
 * helmet is asked once: its handlers, one inside the other, were a twentieth of a push of one record.
 */
export function securityHeaders(): RequestHandler {
  const headers = headersOfAll();
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

/** What {@link securityHeaders} sets, for answers that Express does not give. */
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
 * Only where the client has come by TLS, as a trusted proxy says: plain HTTP must not carry the header (RFC 6797, 7.2).
 * Of the name alone, not of those under it, which may be somebody else's.
 */
export function tlsOnly(): RequestHandler {
  const demand = strictTransportSecurity({ maxAge: YEAR_S, includeSubDomains: false });
  return (request, response, next) => {
    if (request.secure) demand(request, response, next);
    else next();
  };
}
