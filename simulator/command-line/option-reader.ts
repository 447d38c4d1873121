import { parseArgs } from 'node:util';
import { OPTIONS, type OptionName, type OptionRow } from './option-table.js';
import { shanghaiMidnight } from '../records/shanghai-time.js';

interface NumberRule {
  readonly from: number;
  readonly to: number;
  readonly whole: boolean;
}

function rowOf(name: string): OptionRow | undefined {
  return Object.entries<OptionRow>(OPTIONS).find(([known]) => known === name)?.[1];
}

/** Reads single options from a command line and collects all their problems. */
export class OptionReader {
  readonly problems: string[] = [];
  private readonly given = new Map<string, string>();

  constructor(args: readonly string[]) {
    const options = Object.fromEntries(
      Object.entries<OptionRow>(OPTIONS).map(([name, row]) => {
        return [name, { type: row.value === undefined ? ('boolean' as const) : ('string' as const) }];
      }),
    );
    // It is not strict, because the strict parser throws at the first problem.
    const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
    for (const token of tokens) {
      if (token.kind === 'positional') this.problems.push(`unexpected argument: ${token.value}`);
      if (token.kind === 'option') this.take(token.name, token.rawName, token.value);
    }
  }

  has(name: OptionName): boolean {
    return this.given.has(name);
  }

  /** Returns the given value, or else the default, or else undefined. */
  text(name: OptionName): string | undefined {
    const row: OptionRow = OPTIONS[name];
    return this.given.get(name) ?? row.default;
  }

  whole(name: OptionName, from: number, to: number): number {
    return this.numberIn(name, { from, to, whole: true });
  }

  number(name: OptionName, from: number, to: number): number {
    return this.numberIn(name, { from, to, whole: false });
  }

  share(name: OptionName): number {
    return this.number(name, 0, 1);
  }

  rate(): number | null {
    return this.text('rate') === OPTIONS.rate.default ? null : this.number('rate', 0.001, 1_000_000);
  }

  day(name: OptionName): string {
    const day = this.text(name) ?? '';
    const midnight = shanghaiMidnight(day);
    const inRange = midnight >= shanghaiMidnight('2000-01-01') && midnight < shanghaiMidnight('2100-01-01');
    if (!inRange)
      this.problems.push(`--${name} must be a day from 2000 to 2099 like 2025-09-01, not "${day}"`);
    return day;
  }

  url(name: OptionName): string {
    const text = this.text(name) ?? '';
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const usable = url?.protocol === 'http:' || url?.protocol === 'https:';
    if (!usable) this.problems.push(`--${name} must be an http or https URL, not "${text}"`);
    else if (url.search !== '' || url.hash !== '')
      this.problems.push(`--${name} must not have a query or a fragment`);
    return text.replace(/\/+$/, '');
  }

  /** Reads an option whose value has a form of its own. Undefined if it is not given, or wrong. */
  read<T>(name: OptionName, parse: (text: string) => T): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    try {
      return parse(text);
    } catch (error) {
      this.problems.push(`--${name} ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  private take(name: string, rawName: string, value: string | undefined): void {
    const row = rowOf(name);
    if (row === undefined) this.problems.push(`unknown option ${rawName}`);
    else if (row.value === undefined && value !== undefined) this.problems.push(`--${name} takes no value`);
    else if (row.value !== undefined && (value === undefined || value === '')) {
      this.problems.push(`--${name} needs a value`);
    } else this.given.set(name, value ?? '');
  }

  private numberIn(name: OptionName, { from, to, whole }: NumberRule): number {
    const text = this.text(name) ?? '';
    const value = /^-?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
    const fits = value >= from && value <= to && (!whole || Number.isInteger(value));
    if (!fits) {
      const kind = whole ? 'a whole number' : 'a number';
      this.problems.push(`--${name} must be ${kind} from ${from} to ${to}, not "${text}"`);
    }
    return value;
  }
}
