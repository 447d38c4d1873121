// Writes the changes of an answer as JSON, or as lines of JSON.
import { type AnswerPart, StreamedAnswer } from '../../http/answers/streamed-answer.js';
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
/** An answer ends early once so much of it waits to be sent. */
const MOST_HELD_BYTES = 16 * 1024 * 1024;
/** An answer also ends early once it has so many bytes, because PostgreSQL ends a statement after 30 s. */
const MOST_BYTES = 64 * 1024 * 1024;
/**
 * A text of so many bytes is complete, and the next one begins. The larger texts and parts are, the more memory V8 leaves
 * uncollected: up to 150 MB with texts of 1 MB.
 */
const LONG_BYTES = 65_536;
/** Lines are sent as soon as there are so many bytes. Each part of them is recorded in the audit. */
const PART_BYTES = 524_288;

/** The end of a page. */
export interface ChangePageEnd {
  readonly nextCursor: string;
  readonly upToDate: boolean;
}

export interface ChangeAnswer {
  readonly answer: WrittenAnswer | StreamedAnswer;
  /** Undefined while the page is not whole. */
  readonly nextCursor: string | undefined;
}

/** How to write an answer. */
export interface ChangePageForm {
  readonly calls: CallForm;
  /** Each change is a line. Such an answer can be sent while it is written. */
  readonly asLines: boolean;
  /** How many changes there may be. */
  readonly most: number;
  /** Aborted when nobody wants the answer any more. */
  readonly gone: AbortSignal;
}

/** Collects an answer in UTF-8. It keeps few rows and strings, which take more memory. */
export class ChangeWriter {
  /** What is written and not given away, but for {@link out}. */
  private readonly texts: Buffer[] = [];
  private readonly calls: CallWriter;
  private readonly out: Utf8Text;
  private readonly asLines: boolean;
  private readonly gone: AbortSignal;
  /** Of all texts, given away or not. */
  private bytesOfTexts = 0;
  /** What is given away. */
  private readonly given = { texts: 0, bytes: 0, withNumbers: 0 };
  private hasText = (): void => undefined;
  /** Changes that are not written yet. */
  private pending: Change[] = [];
  /** How many characters their calls have. */
  private pendingLength = 0;

  constructor({ calls, asLines, most, gone }: ChangePageForm) {
    // A text that grows is copied, so it has room at first.
    this.out = new Utf8Text(Math.min(most * USUAL_BYTES, LONG_BYTES + USUAL_BYTES));
    this.calls = new CallWriter(calls);
    this.asLines = asLines;
    this.gone = gone;
  }

  /** Takes changes behind those that were taken so far. It throws if they begin anew when some are given away. */
  part(): ChangeTaker {
    this.writePending();
    this.endText();
    const texts = this.given.texts + this.texts.length;
    const { bytesOfTexts } = this;
    const { withNumbers } = this.calls;
    return {
      isStreamed: this.asLines,
      begin: () => {
        if (this.given.texts > texts) throw new Error('A part of the answer has been sent already');
        this.takePending();
        this.out.length = 0;
        this.texts.length = texts - this.given.texts;
        this.bytesOfTexts = bytesOfTexts;
        this.calls.withNumbers = withNumbers;
      },
      take: (change) => {
        this.pending.push(change);
        this.pendingLength += change.call?.length ?? 0;
        if (this.pending.length >= CHANGES_AT_ONCE || this.pendingLength >= LONG_BYTES) this.writePending();
        return this.held < MOST_HELD_BYTES && this.written < MOST_BYTES && !this.gone.aborted;
      },
    };
  }

  /**
   * Makes the whole answer. If it is of lines and gets long, it begins while it is written.
   *
   * @param end resolves when all changes are taken
   */
  async answer(end: Promise<ChangePageEnd>): Promise<ChangeAnswer> {
    const whole = end.then((page) => {
      this.writeEnd(page);
      return page;
    });
    // Who is gone takes no further part, and would not see that it failed.
    whole.catch(() => undefined);
    if (this.asLines && (await Promise.race([whole, this.nextPart()])) === undefined)
      return {
        answer: new StreamedAnswer(this.stream(whole), LINES, () => this.held),
        nextCursor: undefined,
      };
    const { nextCursor } = await whole;
    const mediaType = this.asLines ? LINES : 'application/json';
    return { answer: new WrittenAnswer(this.texts, mediaType, this.calls.withNumbers), nextCursor };
  }

  private async *stream(whole: Promise<ChangePageEnd>): AsyncGenerator<AnswerPart> {
    for (let end: ChangePageEnd | undefined; end === undefined;) {
      end = await Promise.race([whole, this.nextPart()]);
      while (this.held >= PART_BYTES || (end !== undefined && this.held > 0)) yield this.give();
    }
  }

  private nextPart(): Promise<undefined> {
    return new Promise((resolve) => {
      this.hasText = () => {
        if (this.held >= PART_BYTES) resolve(undefined);
      };
      this.hasText();
    });
  }

  /** Gives away as many texts as make a part. What is not given is held. */
  private give(): AnswerPart {
    const { given, calls } = this;
    const enough = given.bytes + PART_BYTES;
    const texts: Buffer[] = [];
    while (given.bytes < enough) {
      const text = this.texts.shift();
      if (text === undefined) break;
      texts.push(text);
      given.texts += 1;
      given.bytes += text.length;
    }
    const part = { texts, withNumbers: calls.withNumbers - given.withNumbers };
    given.withNumbers = calls.withNumbers;
    return part;
  }

  private writeEnd({ nextCursor, upToDate }: ChangePageEnd): void {
    const { asLines, out } = this;
    this.writePending();
    const isEmpty = this.written === 0;
    const end = JSON.stringify(asLines ? { type: 'page', nextCursor, upToDate } : { nextCursor, upToDate });
    if (asLines) out.add(`${isEmpty ? '' : '\n'}${end}\n`);
    else out.add(`${isEmpty ? this.head : ''}],${end.slice(1)}`);
    this.endText();
  }

  private get head(): string {
    return this.asLines ? '' : '{"data":[';
  }

  private get separator(): string {
    return this.asLines ? '\n' : ',';
  }

  /** In bytes. */
  private get written(): number {
    return this.bytesOfTexts + this.out.length;
  }

  /** How many bytes are written and not given away. */
  private get held(): number {
    return this.written - this.given.bytes;
  }

  private takePending(): readonly Change[] {
    const { pending } = this;
    this.pending = [];
    this.pendingLength = 0;
    return pending;
  }

  private writePending(): void {
    const { out } = this;
    for (const change of this.takePending()) {
      out.addAscii(this.written === 0 ? this.head : this.separator);
      this.write(change, out);
      if (out.length >= LONG_BYTES) this.endText();
    }
  }

  private endText(): void {
    const { out } = this;
    if (out.length === 0) return;
    this.bytesOfTexts += out.length;
    this.texts.push(out.take());
    this.hasText();
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
