import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import 'reflect-metadata';
import { readSettings } from '../../../src/config/read-settings.js';
import { arrive, type Delivery } from '../../../src/ingestion/delivery.js';
import { encodeEntry, scanEntry } from '../../../src/ingestion/journal/journal-entry.js';
import { Journal, JournalUnavailableError } from '../../../src/ingestion/journal/journal.js';

let folder: string;
let journals: Journal[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-journal-'));
  journals = [];
});
afterEach(async () => {
  await Promise.all(journals.map((journal) => journal.close()));
  rmSync(folder, { recursive: true, force: true });
});

function open(mostBytes = '1gb'): Journal {
  const settings = readSettings(
    {
      DATABASE_URL: 'postgres://localhost/unused',
      PUSH_TOKENS: 'vendor=0123456789abcdef',
      ADMIN_API_KEY: 'k'.repeat(32),
      JOURNAL_DIR: folder,
      JOURNAL_MAX_BYTES: mostBytes,
    },
    false,
  );
  const journal = new Journal(settings);
  journals.push(journal);
  return journal;
}

const delivery = (body: string | Buffer) => arrive('vendor', '127.0.0.1', Buffer.from(body), Date.now());

async function drained(journal: Journal): Promise<Delivery[]> {
  const all: Delivery[] = [];
  for (let batch = await journal.oldest(); batch !== undefined; batch = await journal.oldest()) {
    all.push(...batch.deliveries);
    await journal.remove(batch);
  }
  return all;
}

function segments(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.journal'))
    .map((name) => join(folder, name));
}

/** As if the process were gone: nobody listens in its folder any more, and its files stay. */
async function die(journal: Journal): Promise<void> {
  await journal.close();
  journals.splice(journals.indexOf(journal), 1);
}

describe('The journal', () => {
  it('gives back what was put in, in order, and leaves nothing behind when all is drained', async () => {
    const journal = open();
    const put = Array.from({ length: 300 }, (_, index) => delivery(`body ${index}`));
    await Promise.all(put.map((each) => journal.append(each)));
    expect(journal.isEmpty).toBe(false);
    const got = await drained(journal);
    expect(got).toEqual(put.map((each) => ({ ...each, via: 'journal' })));
    expect([journal.isEmpty, journal.bytes, segments()]).toEqual([true, 0, []]);
  });

  it('knows how many entries wait in it and since when, those of a process that has died included', async () => {
    const journal = open();
    const [first, second, third] = [delivery('one'), delivery('two'), delivery('three')];
    await Promise.all([journal.append(first), journal.append(second)]);
    expect([journal.undrained.entries, journal.undrained.since]).toEqual([2, first.receivedAt]);
    const batch = await journal.oldest();
    await journal.append(third);
    expect(journal.undrained.entries).toBe(3);
    if (batch !== undefined) await journal.remove(batch);
    expect([journal.undrained.entries, journal.undrained.drained]).toEqual([1, 2]);
    expect(journal.undrained.since).toBeGreaterThanOrEqual(second.receivedAt);
    await die(journal);

    const next = open();
    await next.append(delivery('four'));
    await next.adopt();
    // The whole segment: the two that were drained are in it still, and change nothing a second time.
    expect([next.undrained.entries, next.undrained.appended]).toEqual([4, 1]);
    expect(next.undrained.since).toBe(first.receivedAt);
    expect((await drained(next)).length).toBe(4);
    expect([next.undrained.entries, next.undrained.since]).toEqual([0, undefined]);
  });

  it('counts, before anything else, what dead processes left, whoever takes it over then', async () => {
    const dead = open();
    const put = Array.from({ length: 5 }, (_, index) => delivery(`body ${index}`));
    for (const each of put) await dead.append(each);
    await die(dead);
    const heirs = [open(), open()];
    await Promise.all(heirs.map((heir) => heir.onModuleInit()));
    const counts = heirs.map(({ undrained }) => undrained.entries);
    expect(counts.sort()).toEqual([0, 5]);
    const [heir] = heirs.filter(({ undrained }) => undrained.entries === 5);
    expect(heir?.undrained.since).toBe(put[0]?.receivedAt);
    expect(await Promise.all(heirs.map(async (each) => (await drained(each)).length))).toContain(5);
  });

  it('is read while a large entry is written, and takes it neither for torn nor for damaged', async () => {
    const journal = open();
    const put = Array.from({ length: 100 }, () => delivery(randomBytes(3_000_000)));
    const got: Delivery[] = [];
    for (const each of put) {
      const [batch] = await Promise.all([journal.oldest(), journal.append(each)]);
      if (batch === undefined) continue;
      got.push(...batch.deliveries);
      await journal.remove(batch);
    }
    got.push(...(await drained(journal)));
    expect(got.map(({ id }) => id)).toEqual(put.map(({ id }) => id));
    expect(readdirSync(folder).filter((name) => name.endsWith('.damaged'))).toEqual([]);
  });

  it('goes over several segments, and is emptied while it is filled', async () => {
    const journal = open();
    const put = Array.from({ length: 40 }, () => delivery(randomBytes(500_000)));
    const got: Delivery[] = [];
    for (const each of put) {
      await journal.append(each);
      const batch = await journal.oldest();
      if (Math.random() < 0.3 && batch !== undefined) {
        got.push(...batch.deliveries);
        await journal.remove(batch);
      }
    }
    got.push(...(await drained(journal)));
    expect(got.map(({ id }) => id)).toEqual(put.map(({ id }) => id));
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is taken over from a process that has ended, by one process only', async () => {
    const first = open();
    const put = Array.from({ length: 20 }, (_, index) => delivery(`body ${index}`));
    for (const each of put) await first.append(each);
    const beside = open();
    await beside.adopt();
    expect(await beside.oldest()).toBeUndefined();
    await die(first);
    const heirs = [open(), open(), beside];
    await Promise.all(heirs.map((heir) => heir.adopt()));
    const got = await Promise.all(heirs.map((heir) => drained(heir)));
    expect(got.flat().map(({ id }) => id)).toEqual(put.map(({ id }) => id));
  });

  it('takes over what a dead process left while it takes entries itself, and holds each of them once', async () => {
    for (let round = 0; round < 15; round += 1) {
      const dead = open();
      await dead.append(delivery('left'));
      const [left = ''] = segments();
      await die(dead);
      const heir = open();
      await heir.append(delivery('so that it has its folder'));
      await drained(heir);
      const adopting = heir.adopt();
      // The worst moment for a new segment of its own: while it looks what it has taken over.
      const patience = performance.now() + 10_000;
      while (existsSync(dirname(left)) && performance.now() < patience) await nextTurn();
      const appending = heir.append(delivery('new'));
      await adopting;
      const early = await drained(heir);
      await appending;
      const got = [...early, ...(await drained(heir))].map(({ body }) => body.toString());
      expect([round, got.sort()]).toEqual([round, ['left', 'new']]);
      await die(heir);
    }
  });

  it('cut off at any byte gives back every whole entry, and only those', () => {
    const put = [delivery('first'), delivery(''), delivery('third')];
    const whole = Buffer.concat(put.flatMap(encodeEntry));
    const ends: number[] = [];
    for (const each of put) ends.push((ends.at(-1) ?? 0) + Buffer.concat(encodeEntry(each)).length);
    for (let length = 0; length <= whole.length; length += 1) {
      const got: string[] = [];
      const segment = whole.subarray(0, length);
      for (let position = 0; position < segment.length;) {
        const scanned = scanEntry(segment, position);
        if (scanned.kind !== 'entry') {
          expect([length, scanned.kind]).toEqual([length, 'torn']);
          break;
        }
        got.push(scanned.delivery.id);
        position = scanned.end;
      }
      expect([length, got]).toEqual([
        length,
        put.filter((_each, index) => (ends[index] ?? 0) <= length).map(({ id }) => id),
      ]);
    }
  });

  it('with any one byte changed gives back all other entries, never a wrong one, and keeps the damaged segment', async () => {
    const put = [delivery('first'), delivery('second'), delivery('third')];
    const writer = open();
    for (const each of put) await writer.append(each);
    await die(writer);
    const [file = ''] = segments();
    const whole = readFileSync(file);
    const step = 7;
    for (let place = 0; place < whole.length; place += step) {
      const changed = Buffer.from(whole);
      changed[place] = (changed[place] ?? 0) ^ 0x55;
      const got: Delivery[] = [];
      for (let position = 0; position < changed.length;) {
        const scanned = scanEntry(changed, position);
        if (scanned.kind === 'entry') got.push(scanned.delivery);
        position = scanned.kind === 'torn' ? changed.length : scanned.end;
      }
      expect([place, got.length]).toEqual([place, 2]);
      for (const each of got) expect(put.map((one) => ({ ...one, via: 'journal' }))).toContainEqual(each);
    }
    const damaged = Buffer.from(whole);
    damaged[20] = (damaged[20] ?? 0) ^ 0x55;
    writeFileSync(file, damaged);
    const reader = open();
    await reader.adopt();
    expect((await drained(reader)).map(({ id }) => id)).toEqual(put.slice(1).map(({ id }) => id));
    const kept = readdirSync(folder).filter((name) => name.endsWith('.damaged'));
    expect(kept.map((name) => readFileSync(join(folder, name)))).toEqual([damaged]);
  });

  it('that is full says so, and takes entries again once it is drained', async () => {
    const journal = open('2kb');
    await journal.append(delivery('x'.repeat(1000)));
    await expect(journal.append(delivery('x'.repeat(1000)))).rejects.toThrow(JournalUnavailableError);
    expect(await drained(journal)).toHaveLength(1);
    await journal.append(delivery('x'.repeat(1000)));
    expect(await drained(journal)).toHaveLength(1);
  });

  it('that can not be written says so, and takes entries again when it can', async () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file stands where the folder should be');
    const journal = open();
    await expect(journal.append(delivery('lost'))).rejects.toThrow(JournalUnavailableError);
    expect(journal.problem).toBeDefined();
    rmSync(folder);
    await journal.append(delivery('kept'));
    expect(journal.problem).toBeUndefined();
    expect((await drained(journal)).map(({ body }) => body.toString())).toEqual(['kept']);
  });

  it('that failed is found to be writable again without another push', async () => {
    const journal = open();
    await journal.append(delivery('first'));
    await drained(journal);
    const [own = ''] = readdirSync(folder);
    const away = join(folder, `${own}-away`);
    renameSync(join(folder, own), away);
    await expect(journal.append(delivery('lost'))).rejects.toThrow(JournalUnavailableError);
    await journal.tryAgain();
    expect(journal.problem).toBeDefined();
    renameSync(away, join(folder, own));
    await journal.tryAgain();
    expect(journal.problem).toBeUndefined();
    expect(readdirSync(join(folder, own))).toEqual(['owner']);
  });

  it('is for its own user only', async () => {
    chmodSync(folder, 0o755);
    const journal = open();
    await journal.append(delivery('private'));
    const { statSync } = await import('node:fs');
    const [file = ''] = segments();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
