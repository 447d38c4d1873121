// Writes the changes of an answer as JSON, or as lines of JSON.
import { WrittenAnswer } from '../../http/answers/written-answer.js';
import { type CallForm, CallWriter } from '../calls/call-writer.js';
import type { CallTexts } from '../calls/call-texts.js';
import type { Change } from './changed-calls.repository.js';

export const LINES = 'application/x-ndjson';

/** The end of a page. */
interface ChangePageEnd {
  readonly nextCursor: string;
  readonly upToDate: boolean;
}

/**
 * Collects an answer in UTF-8. It keeps no rows and no strings, with which a page of 10,000 calls took three times the
 * memory.
 */
export class ChangeWriter {
  /** The bytes that are written so far. */
  bytes = 0;
  private readonly parts: Buffer[] = [];
  private readonly calls: CallWriter;

  /** @param asLines whether each change is a line */
  constructor(
    form: CallForm,
    private readonly asLines: boolean,
  ) {
    this.calls = new CallWriter(form);
  }

  async add(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const texts = await this.calls.write(changes, changeText);
    const separator = this.asLines ? '\n' : ',';
    this.put(`${this.parts.length === 0 ? this.head : separator}${texts.join(separator)}`);
  }

  answer({ nextCursor, upToDate }: ChangePageEnd): WrittenAnswer {
    const { asLines, parts } = this;
    const isEmpty = parts.length === 0;
    const end = JSON.stringify(asLines ? { type: 'page', nextCursor, upToDate } : { nextCursor, upToDate });
    if (asLines) this.put(`${isEmpty ? '' : '\n'}${end}\n`);
    else this.put(`${isEmpty ? this.head : ''}],${end.slice(1)}`);
    return new WrittenAnswer(parts, asLines ? LINES : 'application/json', this.calls.withNumbers);
  }

  private get head(): string {
    return this.asLines ? '' : '{"data":[';
  }

  private put(text: string): void {
    const part = Buffer.from(text);
    this.parts.push(part);
    this.bytes += part.length;
  }
}

function changeText({ callId, call }: Change, json: (call: CallTexts) => string): string {
  return call === undefined
    ? `{"type":"erased","callId":${JSON.stringify(callId)}}`
    : `{"type":"call","call":${json(call)}}`;
}
