import cliProgress from 'cli-progress';

const LINE_EVERY_MS = 5000;
const USUAL_COLUMNS = 80;
const LONGEST_BAR = 30;
const SHORTEST_BAR = 10;

/**
 * The progress of a run. While pushing, it counts calls whose push is settled. While verifying, it counts rows that
 * were read.
 */
export interface ProgressState {
  readonly stage: 'pushing' | 'verifying';
  readonly done: number;
  readonly total: number;
  /** A few words about what is noteworthy. */
  readonly remark: string;
}

/** Shows the progress of a run. `show` is called about twice a second. */
export interface Progress {
  show(state: ProgressState): void;
  /** Prints a line for the user. */
  note(text: string): void;
  stop(): void;
}

type BarTexts = Pick<ProgressState, 'stage' | 'remark'>;

/**
 * Writes a bar with numbers that fits the terminal. The remark is left out if there is no room for it.
 *
 * @param columns the width of the terminal; some terminals say 0 when they don't know it
 */
export function barLine({ stage, done, total, remark }: ProgressState, columns: number): string {
  const share = total === 0 ? 1 : done / total;
  const numbers = `${Math.floor(share * 100)} %, ${done} of ${total} calls`;
  // The last column stays free, because in some terminals it begins a new line.
  const room = (columns || USUAL_COLUMNS) - `${stage} [] ${numbers}`.length - 1;
  const tail = remark === '' ? '' : `, ${remark}`;
  const hasRoom = room - tail.length >= SHORTEST_BAR;
  const length = Math.min(LONGEST_BAR, Math.max(SHORTEST_BAR, hasRoom ? room - tail.length : room));
  const filled = Math.round(share * length);
  return `${stage} [${'='.repeat(filled)}${'-'.repeat(length - filled)}] ${numbers}${hasRoom ? tail : ''}`;
}

/** Draws a bar on a terminal, again and again in the same line. */
class ProgressBar implements Progress {
  private readonly bar: cliProgress.SingleBar;
  private stage: ProgressState['stage'] | undefined;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.bar = new cliProgress.SingleBar({
      format: (_options, { value, total }, { stage, remark }: BarTexts) =>
        barLine({ stage, done: value, total, remark }, stream.columns),
      stream,
      hideCursor: true,
      // The bar fits into a line, but notes may be longer.
      linewrap: true,
    });
  }

  show({ stage, done, total, remark }: ProgressState): void {
    if (this.stage !== stage) {
      this.bar.stop();
      this.bar.start(total, done, { stage, remark });
      this.stage = stage;
    }
    this.bar.update(Math.min(done, total), { stage, remark });
  }

  note(text: string): void {
    this.stream.write(`\r\u001b[K${text}\n`);
  }

  stop(): void {
    this.bar.stop();
  }
}

/** Prints a plain line every few seconds, for logs. */
class ProgressLines implements Progress {
  private lastMs = performance.now();

  constructor(private readonly stream: NodeJS.WriteStream) {}

  show({ stage, done, total, remark }: ProgressState): void {
    if (performance.now() - this.lastMs < LINE_EVERY_MS) return;
    this.lastMs = performance.now();
    this.note(`${stage}: ${done} of ${total} calls${remark === '' ? '' : `, ${remark}`}`);
  }

  note(text: string): void {
    this.stream.write(`${text}\n`);
  }

  stop(): void {
    this.lastMs = performance.now();
  }
}

/** Returns a bar for a terminal, and lines for any other stream. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? new ProgressBar(stream) : new ProgressLines(stream);
}
