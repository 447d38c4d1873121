import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Settings } from '../config/settings.js';

/**
 * Gauges whose names end like those of counters. `promtool check metrics` complains about them. The same values are in
 * nodejs_active_handles, nodejs_active_requests and nodejs_active_resources, by type.
 */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Makes a registry for one application, with the default metrics of Node.js. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return registry;
}

/**
 * The label for everything without a source of the settings: unknown tokens, and pushes in the journal whose source was
 * removed. No source can have this name, because sources may not contain brackets.
 */
const OTHER = '(unknown)';

/** The values of the label `source`. Only sources of the settings are used, so that their number is limited. */
export class SourceLabels {
  readonly all: readonly string[];
  private readonly known: ReadonlySet<string>;

  constructor({ pushTokens }: Settings) {
    this.known = new Set(pushTokens.map(({ source }) => source));
    this.all = [...this.known, OTHER];
  }

  /** The label for a source, or for an unknown token. */
  of(source: string | undefined): string {
    return source !== undefined && this.known.has(source) ? source : OTHER;
  }
}
