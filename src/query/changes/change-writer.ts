// Writes the changes of an answer as JSON, or as lines of JSON.
import { WrittenAnswer } from '../../http/answers/written-answer.js';
import { Utf8Text } from '../../json/utf8-text.js';
import { type CallForm, CallWriter, inTurns } from '../calls/call-writer.js';
import type { Change } from './changed-calls.repository.js';

export const LINES = 'application/x-ndjson';

/** A change mostly takes less. */
const USUAL_BYTES = 1200;

/** The end of a page. */
interface ChangePageEnd {
  readonly nextCursor: string;
  readonly upToDate: boolean;
}

/** Collects an answer in UTF-8. It keeps no rows and no strings, which take more memory. */
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
    const separator = this.asLines ? '\n' : ',';
    const out = new Utf8Text(changes.length * USUAL_BYTES);
    out.add(this.parts.length === 0 ? this.head : separator);
    await inTurns(changes, (change, index) => {
      if (index > 0) out.addAscii(separator);
      this.write(change, out);
    });
    this.put(out);
  }

  answer({ nextCursor, upToDate }: ChangePageEnd): WrittenAnswer {
    const { asLines, parts } = this;
    const isEmpty = parts.length === 0;
    const end = JSON.stringify(asLines ? { type: 'page', nextCursor, upToDate } : { nextCursor, upToDate });
    const out = new Utf8Text();
    if (asLines) out.add(`${isEmpty ? '' : '\n'}${end}\n`);
    else out.add(`${isEmpty ? this.head : ''}],${end.slice(1)}`);
    this.put(out);
    return new WrittenAnswer(parts, asLines ? LINES : 'application/json', this.calls.withNumbers);
  }

  private get head(): string {
    return this.asLines ? '' : '{"data":[';
  }

  private put(text: Utf8Text): void {
    this.bytes += text.length;
    this.parts.push(text.take());
  }

  private write({ callId, call }: Change, out: Utf8Text): void {
    if (call === undefined) {
      out.add(`{"type":"erased","callId":${JSON.stringify(callId)}}`);
      return;
    }
    out.addAscii('{"type":"call","call":');
    this.calls.write(call, out);
    out.addAscii('}');
  }
}
