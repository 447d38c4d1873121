// Finds the routes at the path of a request, whatever its method.
import type { Request } from 'express';
import type { ProblemDetail } from './problems/problem.dto.js';

/** The error for percent-encoded text, in a path or a query, that is not UTF-8 when it is decoded. */
export const NOT_DECODABLE = 'is not UTF-8 in percent-encoding';

interface Route {
  /** A pattern such as `/v1/calls/:callId`. */
  readonly path: string;
  readonly methods: readonly string[];
}

/** Whether a route has taken the request. For HEAD, Express sets the route of a path even if it has no GET. */
export function isRouted(request: Request): boolean {
  if (routeOf(request) === null) return false;
  return request.method !== 'HEAD' || routesAt(request).some(({ methods }) => methods.includes('GET'));
}

/**
 * @returns the methods of the path, in the form of the header `Allow` (RFC 9110, 10.2.1); undefined when nothing is
 *   at the path
 */
export function allowedMethods(request: Request): string | undefined {
  const methods = new Set(routesAt(request).flatMap((route) => route.methods));
  if (methods.size === 0) return undefined;
  // Express answers HEAD by the route of GET.
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods.add('OPTIONS')].sort().join(', ');
}

/**
 * Returns the parameters of the path that can't be decoded. If no route matches, they are named by their position.
 */
export function undecodableParameters(request: Request): ProblemDetail[] {
  const names = (routesAt(request)[0]?.path ?? '').split('/');
  return pathOf(request)
    .split('/')
    .flatMap((segment, index) =>
      isDecodable(segment)
        ? []
        : [
            {
              path: names[index]?.replace(':', '') ?? `segment ${index} of the path`,
              message: NOT_DECODABLE,
            },
          ],
    );
}

export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Searches Express's own list, which has every route, however it was added. Only refused requests need this,
 * because it goes through the whole list.
 */
function routesAt(request: Request): Route[] {
  const segments = pathOf(request).split('/');
  return request.app.router.stack.flatMap(({ route }) => {
    if (route === undefined || !matches(route.path.split('/'), segments)) return [];
    return [{ path: route.path, methods: route.stack.map(({ method }) => method.toUpperCase()) }];
  });
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return segments.every((segment, index) => {
    const wanted = pattern[index] ?? '';
    return wanted.startsWith(':') ? segment !== '' : wanted === segment.toLowerCase();
  });
}

/** The path as Express reads it: a slash at the end is ignored. */
function pathOf({ path }: Request): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** The pattern of the route that took the request, such as `/v1/calls/:callId`. Null when no route did. */
export function routeOf(request: Request): string | null {
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return null;
  return typeof route.path === 'string' ? route.path : null;
}
