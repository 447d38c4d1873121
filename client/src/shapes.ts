// Whether what came has the form that the API's description gives it.
import type { Change, ChangePage, Problem, WebhookChange } from './api.js';

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns undefined if the text is no JSON */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of calls are not looked at. */
export function isChangePage(value: unknown): value is ChangePage {
  return (
    isObject(value) &&
    isCursor(value['nextCursor']) &&
    typeof value['upToDate'] === 'boolean' &&
    Array.isArray(value['data']) &&
    value['data'].every(isChange)
  );
}

export function isCursor(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]+$/.test(value);
}

function isChange(value: unknown): value is Change {
  if (!isObject(value)) return false;
  if (value['type'] === 'call') return isObject(value['call']) && typeof value['call']['callId'] === 'string';
  return value['type'] === 'erased' && typeof value['callId'] === 'string';
}

export function isWebhookChange(value: unknown): value is WebhookChange {
  return (
    isObject(value) &&
    typeof value['event'] === 'string' &&
    typeof value['callId'] === 'string' &&
    (value['call'] === undefined || isObject(value['call']))
  );
}

export function isProblem(value: unknown): value is Problem {
  return (
    isObject(value) &&
    typeof value['detail'] === 'string' &&
    typeof value['requestId'] === 'string' &&
    Array.isArray(value['errors'])
  );
}
