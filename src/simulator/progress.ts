import cliProgress from 'cli-progress';

const LINE_EVERY_MS = 5000;

/** How far a run is: in its first part calls whose push is settled, then rows that verification has read. */
export interface ProgressState {
  readonly stage: 'pushing' | 'verifying';
  readonly done: number;
  readonly total: number;
  /** A few words on what stands out. */
  readonly remark: string;
}

/** Shows how far a run is; `show` is called about once a second. */
export interface Progress {
  show(state: ProgressState): void;
  /** Prints a line for the user. */
  note(text: string): void;
  stop(): void;
}

/** A bar that is drawn over and over, on a terminal. */
class ProgressBar implements Progress {
  readonly #bar: cliProgress.SingleBar;
  #stage: ProgressState['stage'] | undefined;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.#bar = new cliProgress.SingleBar({
      format: '{stage} [{bar}] {percentage} % | {value} of {total} calls | {remark}',
      stream,
      hideCursor: true,
      barsize: 30,
    });
  }

  show({ stage, done, total, remark }: ProgressState): void {
    if (this.#stage !== stage) {
      this.#bar.stop();
      this.#bar.start(total, done, { stage, remark });
      this.#stage = stage;
    }
    this.#bar.update(Math.min(done, total), { stage, remark });
  }

  note(text: string): void {
    this.stream.write(`\r\u001b[K${text}\n`);
  }

  stop(): void {
    this.#bar.stop();
  }
}

/** A plain line every few seconds, for logs. */
class ProgressLines implements Progress {
  #lastMs = performance.now();

  constructor(private readonly stream: NodeJS.WriteStream) {}

  show({ stage, done, total, remark }: ProgressState): void {
    if (performance.now() - this.#lastMs < LINE_EVERY_MS) return;
    this.#lastMs = performance.now();
    this.note(`${stage}: ${done} of ${total} calls${remark === '' ? '' : `, ${remark}`}`);
  }

  note(text: string): void {
    this.stream.write(`${text}\n`);
  }

  stop(): void {
    this.#lastMs = performance.now();
  }
}

/** The progress that fits the stream. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? new ProgressBar(stream) : new ProgressLines(stream);
}
