import { describe, expect, it } from '@jest/globals';
import { BodyBudget } from '../../src/ingestion/push/body-budget.js';

const MB = 1024 * 1024;

describe('The budget of the bodies under way', () => {
  it('refuses what goes beyond it, and takes it again when room is given back', () => {
    const budget = new BodyBudget();
    const giveBack = budget.take(200 * MB);
    expect(() => budget.take(57 * MB)).toThrow('Too much is being pushed at once');
    const giveBackMore = budget.take(56 * MB);
    giveBack();
    giveBackMore();
    budget.take(250 * MB);
  });

  it('takes a single body however large: the limit of a body is another one', () => {
    expect(new BodyBudget().take(300 * MB)).toBeInstanceOf(Function);
  });
});
