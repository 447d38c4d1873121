// Reads the two values of a note that have parts of their own: its tags and its conversation.
import { textProblem } from '../../call/field-decorators.js';
import { InexactValue, isExactNumber, parseExact } from '../../json/exact-numbers.js';
import { type FieldReading, FieldWithProblem } from './field-readers.js';
import { keepJson } from './kept-json.js';

/** One thing that was said in a conversation. */
interface Turn {
  /** `assistant` or `user`. Other roles may come. */
  readonly role: string;
  readonly content: string;
}

/** Reads the tags: an object, or a text that holds one. @param text returns the original JSON text of the value */
export function readTags(raw: unknown, text: () => string): FieldReading {
  const value = typeof raw === 'string' ? parsed(raw) : raw;
  if (value === null || value === undefined) return null;
  if (!isObject(value)) return new FieldWithProblem(null, 'is not an object');
  if (Object.keys(value).length === 0) return null;
  const { json, problem } = keepJson(value, typeof raw === 'string' ? () => raw : text);
  return problem === undefined ? json : new FieldWithProblem(null, problem);
}

/** Reads the turns of a conversation: an array of `{role, content}`, or a text that holds one. */
export function readTurns(raw: unknown): FieldReading {
  const value = typeof raw === 'string' ? parsed(raw) : raw;
  if (value === null || value === undefined) return null;
  if (!Array.isArray(value)) return new FieldWithProblem(null, 'is not an array of turns');
  const turns: Turn[] = [];
  for (const [index, element] of value.entries()) {
    const turn = turnOf(element);
    if (typeof turn === 'string') return new FieldWithProblem(null, `has a turn ${index + 1} that ${turn}`);
    turns.push(turn);
  }
  return turns.length === 0 ? null : JSON.stringify(turns);
}

/** Returns the turn, or why it is none. */
function turnOf(element: unknown): Turn | string {
  if (!isObject(element)) return 'is not an object';
  const { role, content } = element;
  if (typeof role !== 'string') return 'has no role';
  if (typeof content !== 'string') return 'has no content';
  const problem = textProblem(role) ?? textProblem(content);
  return problem ?? { role, content };
}

/** The value of a JSON text; null for an empty text, and the text itself if it is not JSON. */
function parsed(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  try {
    return parseExact(trimmed);
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !isExactNumber(value) &&
    !(value instanceof InexactValue)
  );
}
