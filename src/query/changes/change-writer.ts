// Writes the changes of an answer as JSON, or as lines of JSON.
import { WrittenAnswer } from '../../http/answers/written-answer.js';
import { Utf8Text } from '../../json/utf8-text.js';
import { type CallForm, CallWriter } from '../calls/call-writer.js';
import type { Change, ChangeTaker } from './changed-calls.repository.js';

export const LINES = 'application/x-ndjson';

/**
 * So many changes are written in one go, some 3 ms. Meanwhile, more of them come, and can be read from the socket at once. If
 * each was written as it comes, reading took 1 to 2 µs more for each.
 */
const CHANGES_AT_ONCE = 250;
/** A change mostly takes less. */
const USUAL_BYTES = 1200;
/** An answer ends early once it is longer than this. */
const MOST_BYTES = 16 * 1024 * 1024;
/** A text of so many bytes is a part of the answer, and the next one begins. */
const LONG_BYTES = 1_048_576;

/** The end of a page. */
interface ChangePageEnd {
  readonly nextCursor: string;
  readonly upToDate: boolean;
}

/** Collects an answer in UTF-8. It keeps few rows and strings, which take more memory. */
export class ChangeWriter {
  private readonly parts: Buffer[] = [];
  private readonly calls: CallWriter;
  private readonly out: Utf8Text;
  private bytesOfParts = 0;
  /** Changes that are not written yet. */
  private pending: Change[] = [];

  /**
   * @param asLines whether each change is a line
   * @param most how many changes there may be
   */
  constructor(
    form: CallForm,
    private readonly asLines: boolean,
    most: number,
  ) {
    // A text that grows is copied, so it has room at first.
    this.out = new Utf8Text(Math.min(most * USUAL_BYTES, LONG_BYTES + USUAL_BYTES));
    this.calls = new CallWriter(form);
  }

  /** Takes changes behind those that were taken so far. */
  part(): ChangeTaker {
    this.writePending();
    this.endText();
    const { length } = this.parts;
    const { bytesOfParts } = this;
    const { withNumbers } = this.calls;
    return {
      begin: () => {
        this.pending = [];
        this.out.length = 0;
        this.parts.length = length;
        this.bytesOfParts = bytesOfParts;
        this.calls.withNumbers = withNumbers;
      },
      take: (change) => {
        this.pending.push(change);
        if (this.pending.length >= CHANGES_AT_ONCE) this.writePending();
        return this.written < MOST_BYTES;
      },
    };
  }

  answer({ nextCursor, upToDate }: ChangePageEnd): WrittenAnswer {
    const { asLines, parts, out } = this;
    this.writePending();
    const isEmpty = this.written === 0;
    const end = JSON.stringify(asLines ? { type: 'page', nextCursor, upToDate } : { nextCursor, upToDate });
    if (asLines) out.add(`${isEmpty ? '' : '\n'}${end}\n`);
    else out.add(`${isEmpty ? this.head : ''}],${end.slice(1)}`);
    this.endText();
    return new WrittenAnswer(parts, asLines ? LINES : 'application/json', this.calls.withNumbers);
  }

  private get head(): string {
    return this.asLines ? '' : '{"data":[';
  }

  private get separator(): string {
    return this.asLines ? '\n' : ',';
  }

  /** In bytes. */
  private get written(): number {
    return this.bytesOfParts + this.out.length;
  }

  private writePending(): void {
    const { pending, out } = this;
    this.pending = [];
    for (const change of pending) {
      out.addAscii(this.written === 0 ? this.head : this.separator);
      this.write(change, out);
      if (out.length >= LONG_BYTES) this.endText();
    }
  }

  private endText(): void {
    const { out } = this;
    if (out.length === 0) return;
    this.bytesOfParts += out.length;
    this.parts.push(out.take());
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
