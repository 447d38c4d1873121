// One contender's turn: records written in, their rate and what each of them cost out.
import { familyProcessorTime, processorTime } from '../support/process-usage.js';
import type { Contender } from './contenders.js';

/** Processor time in microseconds a record; undefined where it can't be told. */
export interface Cost {
  readonly node: number | undefined;
  readonly database: number | undefined;
  readonly client: number | undefined;
}

export interface Slot {
  readonly records: number;
  /** Records a second. */
  readonly rate: number;
  readonly cost: Cost;
}

/** A group is the least that COPY writes. */
const FEWEST_RECORDS = 1000;

/** Lets contenders write for about the same time each, as fast as they were the last time. */
export class Turns {
  private readonly rates = new Map<string, number>();

  constructor(
    private readonly seconds: number,
    private readonly databasePid: number | undefined,
  ) {}

  async take(contender: Contender<string>, recordsAPush: number, seconds = this.seconds): Promise<Slot> {
    const expected = (this.rates.get(contender.name) ?? FEWEST_RECORDS) * seconds;
    const records = Math.max(1, Math.round(expected / FEWEST_RECORDS)) * FEWEST_RECORDS;
    const write = contender.prepare(records, recordsAPush);
    const before = this.used(contender);
    const ms = await write();
    const after = this.used(contender);
    const rate = (records / ms) * 1000;
    this.rates.set(contender.name, rate);
    const each = (name: keyof Cost) => {
      const [start, end] = [before[name], after[name]];
      return start === undefined || end === undefined ? undefined : (end - start) / records;
    };
    return {
      records,
      rate,
      cost: { node: each('node'), database: each('database'), client: each('client') },
    };
  }

  private used({ pid }: Contender<string>): Cost {
    const { user, system } = process.cpuUsage();
    return {
      node: pid === undefined ? 0 : processorTime(pid),
      database: familyProcessorTime(this.databasePid),
      client: user + system,
    };
  }
}
