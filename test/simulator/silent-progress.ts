import type { Progress } from '../../simulator/reporting/progress.js';

/** Shows nothing and keeps the notes. */
export class SilentProgress implements Progress {
  readonly notes: string[] = [];

  show(): void {
    // Nobody looks.
  }

  note(text: string): void {
    this.notes.push(text);
  }

  stop(): void {
    // Nothing was begun.
  }
}
