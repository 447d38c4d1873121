// The path of a request in, what there is at it out, whatever the method.
import type { Request } from 'express';
import type { ProblemDetail } from './problems/problem.dto.js';

/** Told of whatever is percent-encoded, in a path or in a query, and no UTF-8 then. */
export const NOT_DECODABLE = 'is not UTF-8 in percent-encoding';

interface Route {
  /** As `/v1/calls/:callId`. */
  readonly path: string;
  readonly methods: readonly string[];
}

/** Whether a route has taken the request. For HEAD, Express notes the route of a path though it may have no GET. */
export function isRouted(request: Request): boolean {
  if (routeOf(request) === null) return false;
  return request.method !== 'HEAD' || routesAt(request).some(({ methods }) => methods.includes('GET'));
}

/**
 * @returns the methods that there are at the path, as the header `Allow` names them (RFC 9110, 10.2.1); undefined when there is
 *   nothing at it
 */
export function allowedMethods(request: Request): string | undefined {
  const methods = new Set(routesAt(request).flatMap((route) => route.methods));
  if (methods.size === 0) return undefined;
  // Express answers HEAD by the route of GET.
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods.add('OPTIONS')].sort().join(', ');
}

/** The parameters of the path that can't be decoded; those of no route are named by their place. */
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

/** By Express's own list, which holds every route however it was added. Asked for what is refused only: it is looked through. */
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

/** As Express reads it: a slash at the end says nothing. */
function pathOf({ path }: Request): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** The pattern of the route that was taken, as `/v1/calls/:callId`; null when none was. */
export function routeOf(request: Request): string | null {
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return null;
  return typeof route.path === 'string' ? route.path : null;
}
