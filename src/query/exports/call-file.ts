import { Readable } from 'node:stream';
import { DatabaseUnavailableError } from '../../persistence/connections/unavailable.js';
import type { CallFormat } from './call-formats.js';
import { callReader, type CallRecordText } from '../calls/call-texts.js';
import { Utf8Text } from '../../json/utf8-text.js';
import type { RowFlow, RowReceiver } from './row-flow.js';

/** Lines are collected into chunks of this number of bytes, for at most CHUNK_MS, because sending costs system calls. */
const CHUNK_BYTES = 65_536;
/** Room for the line that fills a chunk. */
const ROOM_BEYOND = 16_384;
const CHUNK_MS = 50;

/**
 * A stream with the bytes of an export's file, as fast as its reader takes them. It ends only when all calls are in
 * it; otherwise it fails. It emits `accepted` when PostgreSQL has accepted the query: at the first row, or at the
 * end if there is none.
 */
export class CallFile extends Readable implements RowReceiver<[CallRecordText]> {
  /** The number of calls that are written so far. */
  calls = 0;
  /** The lines that are not sent yet. */
  private readonly lines = new Utf8Text(CHUNK_BYTES + ROOM_BEYOND);
  private readonly reader = callReader();
  private timer: NodeJS.Timeout | undefined;
  private turn: NodeJS.Immediate | undefined;
  private accepted = false;
  private readonly patience: NodeJS.Timeout;

  /** @param idleMs the stream fails after this time without a new row, or without a reader that takes it */
  constructor(
    private readonly rows: RowFlow<[CallRecordText]>,
    private readonly format: CallFormat,
    idleMs: number,
  ) {
    super();
    this.lines.add(format.head);
    this.patience = setTimeout(() => {
      const error = new Error(`the export made no progress for ${idleMs} ms`);
      this.destroy(this.accepted ? error : new DatabaseUnavailableError(error));
    }, idleMs);
    rows.start(this);
  }

  row([call]: [CallRecordText]): void {
    if (this.destroyed) return;
    try {
      this.reader.read(call);
      this.format.write(this.reader, this.lines);
      this.calls += 1;
    } catch (error) {
      this.fail(error);
      return;
    }
    if (this.lines.length >= CHUNK_BYTES) this.handOn();
    else
      this.timer ??= setTimeout(() => {
        this.handOn();
      }, CHUNK_MS);
  }

  end(): void {
    if (this.destroyed) return;
    this.handOn();
    this.push(null);
  }

  fail(error: unknown): void {
    this.destroy(error instanceof Error ? error : new Error('the export failed', { cause: error }));
  }

  override _read(): void {
    this.patience.refresh();
    // It resumes in the next turn. Node.js reads a busy socket up to 32 times before it looks at others, and pushes
    // waited for 0.7 s.
    this.turn ??= setImmediate(() => {
      this.turn = undefined;
      this.rows.resume();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.patience);
    clearTimeout(this.timer);
    clearImmediate(this.turn);
    this.rows.close();
    done(error);
  }

  private handOn(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.patience.refresh();
    if (!this.accepted) {
      this.accepted = true;
      this.emit('accepted');
    }
    if (this.lines.length === 0) return;
    this.rows.pause();
    this.push(this.lines.take());
  }
}
