import type { Request } from 'express';

/** The pattern of the route that was taken, as `/v1/calls/:callId`; null when none was. */
export function routeOf(request: Request): string | null {
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return null;
  return typeof route.path === 'string' ? route.path : null;
}
