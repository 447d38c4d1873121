// A parsed JSON value in, JSON text that PostgreSQL's jsonb takes without changing it out.
import { isLosslessNumber } from 'lossless-json';

/** JSON text for a jsonb column; with a `problem` when the value had to be wrapped to be kept. */
export interface KeptJson {
  readonly json: string;
  readonly problem?: string;
}

/** jsonb's parser recurses; PostgreSQL's default stack ends at some 6,000 levels, other readers' much earlier. */
const DEEPEST = 100;
/** jsonb keeps numbers as `numeric`, which ends at 131,072 digits; nobody means a number of a thousand. */
const LONGEST_NUMBER = 1000;
const NUL_OR_SURROGATE = /[\0\ud800-\udfff]/;

/**
 * Writes a value canonically (keys sorted), so that equal values have equal texts.
 *
 * What jsonb can't hold as it is (NUL, half of a surrogate pair, deeper than 100 levels, a number of more than
 * 1,000 digits) is kept whole as a JSON string that holds the value's own JSON text, and the problem is named.
 */
export function keepJson(value: unknown): KeptJson {
  const problem = problemOf(value, 0);
  return problem === undefined ? { json: write(value) } : { json: JSON.stringify(write(value)), problem };
}

/** A key of a JSON object in a form that jsonb takes: what it can't hold is written as its JSON escape. */
export function keepKey(key: string): string {
  return NUL_OR_SURROGATE.test(key) && textProblem(key) !== undefined ? JSON.stringify(key) : key;
}

const TOO_DEEP = `is nested deeper than ${DEEPEST} levels, kept as JSON text`;

function problemOf(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return textProblem(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (isLosslessNumber(value)) return numberProblem(value.toString());
  if (depth >= DEEPEST) return TOO_DEEP;
  for (const [key, member] of Object.entries(value)) {
    const problem = textProblem(key) ?? problemOf(member, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function textProblem(text: string): string | undefined {
  if (!NUL_OR_SURROGATE.test(text)) return undefined;
  if (text.includes('\0')) return 'contains a NUL character, kept as JSON text';
  return text.isWellFormed() ? undefined : 'contains half of a surrogate pair, kept as JSON text';
}

function numberProblem(digits: string): string | undefined {
  const exponent = Number(/[eE]([+-]?\d+)$/.exec(digits)?.[1] ?? 0);
  const tooLong = digits.length > LONGEST_NUMBER || Math.abs(exponent) > LONGEST_NUMBER;
  return tooLong ? 'is a number too long to keep as one, kept as JSON text' : undefined;
}

function write(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return isLosslessNumber(value) ? value.toString() : writeNested(value);
}

interface Level {
  readonly isArray: boolean;
  readonly members: readonly (readonly [string, unknown])[];
  next: number;
}

/** Keeps its own stack: a push may be nested far deeper than calls can be. */
function writeNested(root: object): string {
  const written: string[] = [];
  const levels = [open(root, written)];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const member = level.members[level.next];
    if (member === undefined) {
      written.push(level.isArray ? ']' : '}');
      levels.pop();
      continue;
    }
    if (level.next > 0) written.push(',');
    level.next += 1;
    const [key, value] = member;
    if (!level.isArray) written.push(JSON.stringify(key), ':');
    if (typeof value === 'object' && value !== null && !isLosslessNumber(value))
      levels.push(open(value, written));
    else written.push(write(value));
  }
  return written.join('');
}

function open(value: object, written: string[]): Level {
  const isArray = Array.isArray(value);
  written.push(isArray ? '[' : '{');
  const members = Object.entries(value);
  if (!isArray) members.sort(([a], [b]) => (a < b ? -1 : 1));
  return { isArray, members, next: 0 };
}
