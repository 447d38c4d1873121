// What was done in a run, to be counted, and to be told when something is not as the rule says.
import type { PushedRecord } from './reference.js';

const MOST_CALLS = 2;
const MOST_DIFFERENCES = 12;
const MOST_LINES = 40;

/** Counts of all runs, by what was done. */
export class Tally {
  private readonly counts = new Map<string, number>();

  add(kind: string, times = 1): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + times);
  }

  report(): string {
    return [...this.counts].map(([kind, count]) => `${kind.padEnd(28)} ${count}`).join('\n');
  }
}

interface Note {
  readonly text: string;
  /** Undefined: it concerns every call. */
  readonly records: readonly PushedRecord[] | undefined;
  result: string;
}

/** What was done in one run, in order. */
export class Notes {
  private readonly notes: Note[] = [];

  constructor(private readonly tally: Tally) {}

  /** How many operations there have been. */
  get operations(): number {
    return this.notes.length;
  }

  /** @returns what takes its result */
  begin(kind: string, text: string, records?: readonly PushedRecord[]): (result: string) => void {
    this.tally.add(kind);
    const note: Note = { text: `#${this.notes.length + 1} ${kind} ${text}`, records, result: '' };
    this.notes.push(note);
    return (result) => {
      note.result = result;
    };
  }

  /** The differences of the first calls among some, and what was done to these. */
  explain(differences: readonly string[]): string {
    const named = differences.flatMap((line) => line.match(/call-\d+/g) ?? []);
    const calls = [...new Set(named)].slice(0, MOST_CALLS);
    const isIts = (callId: string) => calls.length === 0 || calls.includes(callId);
    const shown = differences.filter((line) => calls.length === 0 || calls.some((one) => names(line, one)));
    const lines = this.notes.flatMap((note) => {
      const records = note.records?.filter(({ callId }) => isIts(callId)) ?? [];
      if (note.records !== undefined && records.length === 0 && calls.length > 0) return [];
      return [[`${note.text} = ${note.result}`, ...records.map(told)].join('\n     ')];
    });
    const more = `(${differences.length} differences)`;
    return [...shown.slice(0, MOST_DIFFERENCES), more, '', ...lines.slice(-MOST_LINES)].join('\n');
  }
}

const names = (line: string, callId: string) => new RegExp(`${callId}(?!\\d)`).test(line);
const told = ({ callId, content: { fields, extra } }: PushedRecord) =>
  `${callId} ${JSON.stringify({ ...fields, ...extra })}`;
