// OpenTelemetry's environment variables in, whether and how spans are sent out.
import { oneOf } from './setting-values.js';
import type { TracingProtocol } from './settings.js';

/** Reads single settings, as `readSettings` does. */
interface Reader {
  read<T>(name: string, fallback: string | undefined, parse: (text: string) => T): T | undefined;
  text(name: string): string | undefined;
}

const PROTOCOLS = ['http/protobuf', 'http/json'] as const;
const PREFIX = 'OTEL_EXPORTER_OTLP';

/**
 * On when OTEL_TRACES_EXPORTER is `otlp`, or is unset and an endpoint is given: the specification would have it on by
 * default, and send to a port of this machine where nobody may listen. All else is read by the SDK itself.
 */
export function readTracing(reader: Reader): TracingProtocol | undefined {
  const hasEndpoint = [`${PREFIX}_ENDPOINT`, `${PREFIX}_TRACES_ENDPOINT`].some(
    (name) => reader.text(name) !== undefined,
  );
  const exporter = reader.read('OTEL_TRACES_EXPORTER', hasEndpoint ? 'otlp' : 'none', (text) =>
    oneOf(text, ['otlp', 'none'] as const),
  );
  if (exporter !== 'otlp' || reader.text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  const ofTraces = `${PREFIX}_TRACES_PROTOCOL`;
  const name = reader.text(ofTraces) === undefined ? `${PREFIX}_PROTOCOL` : ofTraces;
  return reader.read(name, 'http/protobuf', (text) => oneOf(text, PROTOCOLS));
}
