// How long small pushes wait while somebody with a push URL tries to use up the service's time and memory.
import { ATTACK_BODIES, packed } from '../../test/attack/bodies.js';
import type { Context } from '../context.js';
import type { Finding } from '../support/finding.js';
import { SERVICE } from '../support/paths.js';
import { detailsOf, type LargePushes, VENDOR_WAITS_MS, waitsBeside } from '../support/waits-beside.js';

/** Another build's `dist/main.js`: measured beside this one, in the same run. */
const OTHER = process.env['BENCH_OTHER_SERVICE'];

export async function benchAttack(context: Context): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, make } of ATTACK_BODIES) {
    const attack: LargePushes = {
      name,
      headers: { 'content-encoding': 'gzip' },
      body: (salt) => packed(make(`attack-${salt}`)),
    };
    const own = await waitsBeside(context, 'attack', SERVICE, attack);
    const other = OTHER === undefined ? undefined : await waitsBeside(context, 'attack', OTHER, attack);
    findings.push({
      part: 'attack',
      what: `longest wait of small pushes beside ${name}`,
      value: own.slowest,
      unit: 'ms',
      target: { atMost: VENDOR_WAITS_MS },
      details: { ...detailsOf(own), ...(other === undefined ? {} : prefixed('other: ', detailsOf(other))) },
    });
  }
  return findings;
}

function prefixed(prefix: string, details: Readonly<Record<string, number | string>>) {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [prefix + name, value]));
}
