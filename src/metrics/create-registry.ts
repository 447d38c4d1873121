import { collectDefaultMetrics, Registry } from 'prom-client';

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
