// A question that is asked again while it is under way.
import { describe, expect, it } from 'vitest';
import { Asking } from '../../console/api/asking.js';
import { Pace } from '../../console/api/pace.js';

/** Questions that are answered when the test says so, and all that was seen of them. */
class Asked {
  readonly seen: string[] = [];
  readonly signals: AbortSignal[] = [];
  at = 0;
  readonly pace = new Pace(() => this.at);
  private readonly open: { answer: (text: string) => void; fail: (error: unknown) => void }[] = [];
  /** As a render gives it. */
  question: ((signal: AbortSignal) => Promise<string>) | undefined = (signal) => {
    this.signals.push(signal);
    return new Promise((answer, fail) => this.open.push({ answer, fail }));
  };
  readonly asking = new Asking<string>(
    () => this.question,
    {
      begun: () => this.seen.push('…'),
      answered: (text) => this.seen.push(text),
    },
    this.pace,
  );

  answer(text: string): Promise<void> {
    this.open.shift()?.answer(text);
    return turns();
  }

  fail(error: unknown): Promise<void> {
    this.open.shift()?.fail(error);
    return turns();
  }
}

/** Until all that is settled has been told. */
const turns = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('A question', () => {
  it('that is asked again faster than it is answered is answered all the same, and once more for all the others', async () => {
    const asked = new Asked();
    for (let tick = 0; tick < 9; tick += 1) asked.asking.ask();
    await turns();
    expect([asked.signals.length, asked.signals[0]?.aborted]).toEqual([1, false]);
    await asked.answer('first');
    expect(asked.seen).toEqual(['…', 'first', '…']);
    await asked.answer('second');
    expect(asked.seen).toEqual(['…', 'first', '…', 'second']);
    expect(asked.signals).toHaveLength(2);
    asked.asking.ask();
    expect(asked.signals).toHaveLength(3);
  });

  it('is asked as it stands when its turn comes', async () => {
    const asked = new Asked();
    asked.asking.ask();
    asked.asking.ask();
    asked.question = () => Promise.resolve('of the range by now');
    await asked.answer('first');
    expect(asked.seen).toEqual(['…', 'first', '…', 'of the range by now']);
  });

  it('that nobody wants any more is ended, and not told', async () => {
    const asked = new Asked();
    asked.asking.ask();
    asked.asking.ask();
    asked.asking.stop();
    expect(asked.signals[0]?.aborted).toBe(true);
    await asked.fail(new DOMException('gone', 'AbortError'));
    expect([asked.seen, asked.signals.length]).toEqual([['…'], 1]);
    const late = new Asked();
    late.asking.ask();
    late.asking.stop();
    await late.answer('too late');
    expect(late.seen).toEqual(['…']);
  });

  it('that is not there yet is asked when it is', async () => {
    const asked = new Asked();
    const { question } = asked;
    asked.question = undefined;
    asked.asking.ask();
    await turns();
    expect(asked.seen).toEqual([]);
    asked.question = question;
    asked.asking.ask();
    await asked.answer('there');
    expect(asked.seen).toEqual(['…', 'there']);
  });
});

describe('The pace', () => {
  it('is that of the longest question since the restart, those under way included', async () => {
    const asked = new Asked();
    asked.asking.ask();
    asked.at = 40;
    expect(asked.pace.took()).toBe(40);
    await asked.answer('');
    asked.at = 500;
    expect(asked.pace.took()).toBe(40);
    const ended = asked.pace.begins();
    asked.pace.restart();
    asked.at = 600;
    expect(asked.pace.took()).toBe(100);
    ended();
    asked.at = 900;
    expect(asked.pace.took()).toBe(100);
    asked.pace.restart();
    expect(asked.pace.took()).toBe(0);
  });
});
