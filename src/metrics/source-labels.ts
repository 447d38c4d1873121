import type { Settings } from '../config/settings.js';

/** What has no source that the settings name (they allow no brackets): unknown tokens, and what the journal kept of a source that has been removed. */
const OTHER = '(unknown)';

/** Which sources a label may name: those of the settings, so that there are only so many. */
export class SourceLabels {
  readonly all: readonly string[];
  private readonly known: ReadonlySet<string>;

  constructor({ pushTokens }: Settings) {
    this.known = new Set(pushTokens.map(({ source }) => source));
    this.all = [...this.known, OTHER];
  }

  of(source: string | undefined): string {
    return source !== undefined && this.known.has(source) ? source : OTHER;
  }
}
