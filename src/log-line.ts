// Writes a log event as one line without telephone numbers: JSON for machines, words for people.
import type { LogLevel } from '@nestjs/common';
import { inspect } from 'node:util';
import { errorText } from './errors.js';
import { NONE } from './numbers/own-numbers.js';
import { maskReference } from './security/masking/text-mask.js';

/** The names in LOG_LEVEL of those levels that Nest names otherwise. */
const LEVELS: Readonly<Partial<Record<LogLevel, string>>> = { log: 'info', verbose: 'trace' };

/** The level's name in LOG_LEVEL. */
export function levelName(level: LogLevel): string {
  return LEVELS[level] ?? level;
}

export interface LogEvent {
  readonly level: LogLevel;
  /** The part of the service that logs the event. */
  readonly context: string;
  /** A text, or fields. The field `outcome` says in a few words what happened. */
  readonly message: unknown;
  readonly stack: unknown;
  readonly params: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Writes an event as one line of JSON: `time` (ISO 8601), `level`, `context`, `pid`, and the event's own fields.
 */
export function jsonLine({ level, context, message, stack, params }: LogEvent): string {
  const head = { time: new Date().toISOString(), level: levelName(level), context, pid: process.pid };
  const fields = isFields(message) ? message : { message: textOf(message) };
  // The head is repeated at the end, so that no field of an event replaces it.
  const line: Record<string, unknown> = {
    ...head,
    ...fields,
    ...params,
    ...(stack === undefined ? {} : { stack }),
    ...head,
  };
  return JSON.stringify(line, (_name, value: unknown) => masked(value));
}

/** Writes a message for people: the outcome, then the fields as name=value. */
export function words(message: unknown): string {
  if (!isFields(message)) return String(masked(textOf(message)));
  const { outcome, ...fields } = message;
  const named = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : inspect(value)}`);
  return String(masked([...(outcome === undefined ? [] : [textOf(outcome)]), ...named].join(' ')));
}

/**
 * Masks telephone numbers in a text; other values stay as they are. Nothing logs a number on purpose, but
 * PostgreSQL's messages may quote a value that it could not read. This is the last place where such a number can be
 * masked.
 */
export function masked(value: unknown): unknown {
  return typeof value === 'string' ? maskReference(value, NONE) : value;
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : errorText(message);
}

function isFields(message: unknown): message is Readonly<Record<string, unknown>> {
  return (
    typeof message === 'object' && message !== null && Object.getPrototypeOf(message) === Object.prototype
  );
}
