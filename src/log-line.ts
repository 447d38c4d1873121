// What is logged in, a line without numbers out: JSON for machines, words for people.
import type { LogLevel } from '@nestjs/common';
import { inspect } from 'node:util';
import { errorText } from './errors.js';
import { NONE } from './numbers/own-numbers.js';
import { maskReference } from './security/masking/text-mask.js';

/** Nest's names of levels that are not those of LOG_LEVEL. */
const LEVELS: Readonly<Partial<Record<LogLevel, string>>> = { log: 'info', verbose: 'trace' };

/** The name of a level as LOG_LEVEL has it. */
export function levelName(level: LogLevel): string {
  return LEVELS[level] ?? level;
}

/** One event. */
export interface LogEvent {
  readonly level: LogLevel;
  /** Which part of the service tells of it. */
  readonly context: string;
  /** A text, or what happened as fields, of which `outcome` says it in a word. */
  readonly message: unknown;
  readonly stack: unknown;
  readonly params: Readonly<Record<string, unknown>> | undefined;
}

/** As one line of JSON, with its fields beside `time` (ISO 8601), `level` and `context`. */
export function jsonLine({ level, context, message, stack, params }: LogEvent): string {
  const head = { time: new Date().toISOString(), level: levelName(level), context, pid: process.pid };
  const fields = isFields(message) ? message : { message: textOf(message) };
  // Once more at the end: no field of an event replaces them.
  const line: Record<string, unknown> = {
    ...head,
    ...fields,
    ...params,
    ...(stack === undefined ? {} : { stack }),
    ...head,
  };
  return JSON.stringify(line, (_name, value: unknown) => masked(value));
}

/** What happened, in a line for people: the outcome, and the fields as name=value. */
export function words(message: unknown): string {
  if (!isFields(message)) return String(masked(textOf(message)));
  const { outcome, ...fields } = message;
  const named = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : inspect(value)}`);
  return String(masked([...(outcome === undefined ? [] : [textOf(outcome)]), ...named].join(' ')));
}

/**
 * No number gets into the log on purpose; but PostgreSQL's messages may quote a value that it could not read, and this is
 * the last place at which that can be seen to.
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
