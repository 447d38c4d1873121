// Writes the changes of an answer as JSON, or as lines of JSON.
import { WrittenAnswer } from '../../http/answers/written-answer.js';
import { type CallForm, writeEntries } from '../calls/call-writer.js';
import type { Change } from './changed-calls.repository.js';

export const LINES = 'application/x-ndjson';

/** The end of a page. */
export interface ChangePageEnd {
  readonly nextCursor: string;
  readonly upToDate: boolean;
}

/** Collects the text of an answer. It keeps no rows, of which a large page would take ten times the memory. */
export class ChangeWriter {
  /** The characters that are written so far. */
  length = 0;
  private readonly parts: string[] = [];
  private withNumbers = 0;

  /** @param asLines whether each change is a line */
  constructor(
    private readonly form: CallForm,
    private readonly asLines: boolean,
  ) {}

  async add(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const { texts, withNumbers } = await writeEntries(changes, this.form, ({ call }) => call, changeText);
    const part = texts.join(this.asLines ? '\n' : ',');
    this.parts.push(part);
    this.length += part.length;
    this.withNumbers += withNumbers;
  }

  answer({ nextCursor, upToDate }: ChangePageEnd): WrittenAnswer {
    const { parts, withNumbers, asLines } = this;
    const end = JSON.stringify(asLines ? { type: 'page', nextCursor, upToDate } : { nextCursor, upToDate });
    if (asLines) return new WrittenAnswer(`${[...parts, end].join('\n')}\n`, LINES, withNumbers);
    return new WrittenAnswer(`{"data":[${parts.join(',')}],${end.slice(1)}`, 'application/json', withNumbers);
  }
}

function changeText({ callId }: Change, call: string | undefined): string {
  return call === undefined
    ? `{"type":"erased","callId":${JSON.stringify(callId)}}`
    : `{"type":"call","call":${call}}`;
}
