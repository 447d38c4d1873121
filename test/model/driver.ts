// One run: episodes of what clients do while processes and the database come and go. After each, everything is
// compared.
import type { Push } from './bookkeeping.js';
import { Clients } from './clients.js';
import { Comparison } from './comparison.js';
import { Model } from './model.js';
import { Notes, type Tally } from './notes.js';
import { AtOnce, Operations } from './operations.js';
import { Settlement } from './settlement.js';
import type { LedgerProcess, Stage } from './stage.js';

type Episode = (driver: Driver) => Promise<void>;

const CLIENTS = 4;
/** What a client does when it is its turn; pushes are what is done most. */
const SINGLE = 'push push push push push push plant replay erase discard refuse'.split(' ');
/** What it can do where nothing reaches the database. */
const JOURNALED = 'push push push push push refuse'.split(' ');

/** Only what is pushed of one call, to see what a difference takes. */
const ONLY = process.env['MODEL_CALL'];

/** The ledger and the reference differ. */
class Difference extends Error {}

export class Driver {
  private readonly model = new Model();
  private readonly notes: Notes;
  private readonly settlement: Settlement;
  private readonly clients: Clients;
  private readonly operations: Operations;

  private constructor(
    private readonly stage: Stage,
    private readonly seed: number,
    tally: Tally,
  ) {
    this.notes = new Notes(tally);
    this.settlement = new Settlement(stage, this.model, tally);
    this.clients = new Clients(stage, this.model, this.settlement, this.notes, ONLY);
    this.operations = new Operations(seed, ONLY);
  }

  /**
   * Runs on an empty ledger.
   *
   * @throws Difference
   */
  static async run(stage: Stage, seed: number, operations: number, tally: Tally): Promise<void> {
    await stage.begin();
    const driver = new Driver(stage, seed, tally);
    const comparison = await Comparison.begin(driver.model, driver.reader);
    while (driver.notes.operations < operations) {
      for (const episode of driver.shuffled(EPISODES)) {
        await episode(driver);
        await driver.settle();
        driver.refuse(await comparison.compare(driver.reader));
        tally.add('full comparisons');
        if (driver.notes.operations >= operations) break;
      }
    }
    driver.refuse(await comparison.compareEach(driver.reader));
  }

  /** A process that can be asked. */
  private get reader(): LedgerProcess {
    const reader = this.stage.processes.find(({ writes }) => writes);
    if (reader === undefined) throw new Error('no process reaches the database');
    return reader;
  }

  private shuffled<T>(list: readonly T[]): T[] {
    const dice = this.operations.dice();
    return list
      .map((one) => ({ one, place: dice.below(1_000_000) }))
      .sort((a, b) => a.place - b.place)
      .map(({ one }) => one);
  }

  private async settle(): Promise<void> {
    await this.clients.settleRefused(this.reader);
    this.refuse(await this.settlement.settle(this.reader));
  }

  private refuse(differences: readonly string[]): void {
    if (differences.length === 0) return;
    const [callId = 'call-1'] = /call-\d+/.exec(differences[0] ?? '') ?? [];
    const again = `Again: MODEL_SEED=${this.seed} npm test -- test/model/model.long.test.ts (with MODEL_CALL=${callId}: its records alone)`;
    throw new Difference([this.notes.explain(differences), again].join('\n'));
  }

  /** One after the other, each to one of some processes. What these can write is compared after each. */
  async singles(times: number, processes: readonly LedgerProcess[], held = new AtOnce()): Promise<void> {
    for (let left = times; left > 0; left -= 1) {
      const dice = this.operations.dice();
      const process = dice.pick(processes);
      const kind = process.writes ? dice.pick(SINGLE) : dice.pick(JOURNALED);
      const isQuiet = this.stage.processes.every(({ writes }) => writes);
      if (kind === 'push')
        await this.clients.push(process, this.operations.push(process.writes ? new AtOnce() : held));
      if (kind === 'plant') await this.clients.plant(dice);
      if (kind === 'replay') await this.clients.replay(dice, process);
      if (kind === 'erase') await this.clients.erase(dice, process);
      if (kind === 'discard') await this.clients.discard(dice, process);
      if (kind === 'refuse') await this.clients.refuse(dice, process, isQuiet);
      if (process.writes) await this.settle();
    }
  }

  /** Several clients at the same time. @param taken called after each push that was taken */
  private async burst(
    pushes: readonly Push[],
    taken: (count: number) => void = () => undefined,
  ): Promise<void> {
    let count = 0;
    const left = pushes.values();
    const client = async (index: number) => {
      for (const push of left) {
        const alive = this.stage.processes.filter(({ isAlive }) => isAlive);
        const process = alive[index % alive.length];
        if (process !== undefined) await this.clients.pushUntilTaken(push, process);
        taken((count += 1));
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
  }

  private pushes(count: number, atOnce = new AtOnce()): Push[] {
    return Array.from({ length: count }, () => this.operations.push(atOnce));
  }

  private event(kind: string, process?: LedgerProcess): void {
    this.notes.begin(kind, process?.name ?? '')('done');
  }

  async calm(): Promise<void> {
    await this.singles(14, this.stage.processes);
  }

  async atOnce(): Promise<void> {
    await this.burst(this.pushes(16));
    await this.settle();
  }

  /** Writes wait for longer than pushes can: those are acknowledged from the journal, and others overtake them. */
  async slow(): Promise<void> {
    const pushes = this.pushes(10);
    const known = [...this.model.calls.keys()];
    const held = pushes.flatMap(({ records }) => records.slice(0, 1).map(({ callId }) => callId));
    this.event('rows locked');
    await this.stage.holding(
      held.filter((callId) => known.includes(callId)),
      () => this.burst(pushes),
    );
    await this.settle();
  }

  /** A call is pushed at most once meanwhile: its number is erased before or after. */
  async eraseMeanwhile(): Promise<void> {
    const dice = this.operations.dice();
    const pushes = this.pushes(8, new AtOnce(1));
    await Promise.all([this.clients.erase(dice, this.reader), this.burst(pushes)]);
    await this.settle();
  }

  /** One process does not reach the database, and its journal is written late. @param kills it, so that another one writes it */
  async late(kills: boolean): Promise<void> {
    const [late, other] = this.shuffled(this.stage.processes);
    if (late === undefined || other === undefined) return;
    await late.cut();
    this.event('cut', late);
    await this.singles(14, [late, other]);
    if (kills) {
      await late.kill();
      this.event('kill', late);
      await this.singles(6, [other]);
    }
    await this.stage.mend(late);
    this.event('mend', late);
    if (kills) await this.stage.restart(late);
    await this.settle();
  }

  /** A process is killed among pushes. What it has not answered is pushed to the other one. */
  async killed(): Promise<void> {
    const [killed, other] = this.shuffled(this.stage.processes);
    if (killed === undefined || other === undefined) return;
    let killing: Promise<void> | undefined;
    await this.burst(this.pushes(16), (count) => {
      if (count === 6) killing = killed.kill();
    });
    await killing;
    this.event('kill', killed);
    await this.settle();
    await this.singles(6, [other]);
    await this.stage.restart(killed);
    this.event('restart', killed);
    await this.settle();
  }

  async outage(): Promise<void> {
    const dice = this.operations.dice();
    await this.stage.stopDatabase();
    this.event('outage');
    const atOnce = new AtOnce();
    await this.singles(8, this.stage.processes, atOnce);
    if (dice.chance(0.5)) {
      const killed = dice.pick(this.stage.processes);
      await killed.kill();
      this.event('kill', killed);
      await this.stage.restart(killed);
      await this.singles(4, this.stage.processes, atOnce);
    }
    await this.stage.startDatabase();
    this.event('end of the outage');
    await this.settle();
  }
}

const EPISODES: readonly Episode[] = [
  (driver) => driver.calm(),
  (driver) => driver.calm(),
  (driver) => driver.atOnce(),
  (driver) => driver.slow(),
  (driver) => driver.eraseMeanwhile(),
  (driver) => driver.late(false),
  (driver) => driver.late(true),
  (driver) => driver.killed(),
  (driver) => driver.outage(),
];
