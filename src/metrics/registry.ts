import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Settings } from '../config/settings.js';

/**
 * Gauges whose names end as those of counters do, at which `promtool check metrics` complains. The same numbers stand
 * in nodejs_active_handles, nodejs_active_requests and nodejs_active_resources, by type.
 */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** A registry of its own for each application, with what Node.js tells of itself. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return registry;
}

/** What has no source that the settings name (they allow no brackets): unknown tokens, and what the journal kept of a source that has been removed. */
const OTHER = '(unknown)';

/** Which sources a label may name: those of the settings, so that there are only so many. */
export class SourceLabels {
  readonly all: readonly string[];
  private readonly known: ReadonlySet<string>;

  constructor({ pushTokens }: Settings) {
    this.known = new Set(pushTokens.map(({ source }) => source));
    this.all = [...this.known, OTHER];
  }

  of(source: string | undefined): string {
    return source !== undefined && this.known.has(source) ? source : OTHER;
  }
}
