// Sets up OpenTelemetry's SDK with its own environment variables (OTEL_EXPORTER_OTLP_…, OTEL_TRACES_SAMPLER,
// OTEL_BSP_…, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES). Only Tracing imports this file, and only if tracing is on.
import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TracingProtocol } from '../config/settings.js';

/**
 * Registers the SDK for the whole process.
 *
 * @param warn is called with the warnings of the SDK, for example that a collector is unavailable
 * @returns a function that exports the last spans and ends the SDK
 */
export async function startSdk(
  protocol: TracingProtocol,
  warn: (reason: string) => void,
): Promise<() => Promise<void>> {
  const nothing = () => undefined;
  const logger = { error: warn, warn, info: nothing, debug: nothing, verbose: nothing };
  diag.setLogger(logger, DiagLogLevel.WARN);
  const named = resourceFromAttributes({ 'service.name': 'call-ledger' });
  const provider = new BasicTracerProvider({
    resource: named.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(await exporterFor(protocol))],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown();
}

async function exporterFor(protocol: TracingProtocol) {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter();
}
