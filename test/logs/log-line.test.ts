import { describe, expect, it } from 'vitest';
import { jsonLine, words } from '../../src/log-line.js';

const event = { level: 'log', context: 'Push', stack: undefined, params: undefined } as const;

describe('A JSON line', () => {
  it('keeps its own fields, whatever those of the event are called', () => {
    const message = { outcome: 'kept', level: 'mine', time: 'mine', status: 200 };
    const line = JSON.parse(jsonLine({ ...event, message })) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'info', context: 'Push', outcome: 'kept', status: 200 });
    expect(Date.parse(String(line['time']))).toBeGreaterThan(Date.now() - 60_000);
  });

  it('is one line, of an error with a stack too, and masks the number that PostgreSQL quotes', () => {
    const error = new Error('invalid input syntax for type integer: "13900000000"');
    const line = jsonLine({ ...event, message: 'failed', stack: error.stack });
    expect(line).not.toContain('\n');
    expect(line).not.toContain('13900000000');
    expect(JSON.parse(line)).toMatchObject({ stack: expect.stringContaining('139****0000') });
    expect(jsonLine({ ...event, message: error })).not.toContain('13900000000');
  });
});

describe('Words for people', () => {
  it('are the outcome and what belongs to it, without what there is not', () => {
    expect(words({ outcome: 'refused', status: 401, source: undefined, reason: 'No token' })).toBe(
      'refused status=401 reason=No token',
    );
    expect(words('drained 17 deliveries')).toBe('drained 17 deliveries');
    expect(words({ outcome: 'refused', reason: 'no 13900000000' })).toBe('refused reason=no 139****0000');
  });
});
