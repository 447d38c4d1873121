import { expect, it } from 'vitest';
import { SingleFlight } from '../../src/background/single-flight.js';

function flights() {
  const ends: ((value: number) => void)[] = [];
  const flight = new SingleFlight(() => new Promise<number>((end) => ends.push(end)));
  return { flight, ends };
}

it('All who ask while the work is under way get its result, and the next one has it done anew', async () => {
  const { flight, ends } = flights();
  const shared = [flight.run(), flight.run()];
  expect([ends.length, flight.isUnderWay]).toEqual([1, true]);
  ends[0]?.(7);
  expect(await Promise.all(shared)).toEqual([7, 7]);
  expect(flight.isUnderWay).toBe(false);
  const next = flight.run();
  ends[1]?.(8);
  expect(await next).toBe(8);
});

it('Who asks after it was forgotten does not get what was under way before, though that ends later', async () => {
  const { flight, ends } = flights();
  const before = flight.run();
  flight.forget();
  const after = flight.run();
  ends[0]?.(1);
  expect(await before).toBe(1);
  expect(flight.isUnderWay).toBe(true);
  ends[1]?.(2);
  expect(await after).toBe(2);
});

it('A failure is that of all who wait, and is not kept', async () => {
  let fails = true;
  const flight = new SingleFlight(() => (fails ? Promise.reject(new Error('away')) : Promise.resolve(1)));
  await expect(Promise.allSettled([flight.run(), flight.run()])).resolves.toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ]);
  fails = false;
  expect(await flight.run()).toBe(1);
});
