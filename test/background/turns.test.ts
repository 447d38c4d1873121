// Long work gives other work its turn, but not after each of its pieces.
import { expect, it } from 'vitest';
import { Turns } from '../../src/background/turns.js';

it('gives other work its turn when its time has passed, and not before', async () => {
  const happened: string[] = [];
  const other = () => setImmediate(() => happened.push('other'));
  const patient = new Turns(60_000);
  other();
  await patient.next();
  happened.push('patient');
  const hurried = new Turns(0);
  await hurried.next();
  happened.push('hurried');
  expect(happened).toEqual(['patient', 'other', 'hurried']);
});
