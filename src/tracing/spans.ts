// Spans of OpenTelemetry. While tracing is off, a look at a flag is all that they cost.
import {
  context,
  type Context,
  type Link,
  propagation,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { errorCode } from '../../platform/error-code.js';

const tracer = trace.getTracer('call-ledger');
let isOn = false;

/** To be called once the SDK is registered. */
export function turnOn(): void {
  isOn = true;
}

/** Options of a span, or how they follow from the arguments of the method. Not asked for while tracing is off. */
type OptionsOf<Args extends unknown[]> = SpanOptions | ((...args: Args) => SpanOptions);

/**
 * A method decorator: each call of the method is a span. It is a child of the span that is under way. Without one there is no span,
 * unless the options say `root`: what the service does by itself, again and again, is nobody's question. No span holds a number, a
 * token or a value of a statement: names and attributes are to be constants and counts.
 */
export function InSpan<Args extends unknown[] = never[]>(name: string, options: OptionsOf<Args> = {}) {
  return function <Method extends (...args: Args) => Promise<unknown>>(
    _class: object,
    _name: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void {
    if (descriptor.value === undefined) throw new Error(`there is no method for the span ${name}`);
    descriptor.value = new Proxy(descriptor.value, {
      apply(method, self: unknown, args: Args) {
        const work = () => Reflect.apply(method, self, args);
        if (!isOn) return work();
        return inSpan(name, typeof options === 'function' ? options(...args) : options, work);
      },
    });
  };
}

/** Runs work in a span, as {@link InSpan} does. */
async function inSpan<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  if (options.root !== true && trace.getActiveSpan() === undefined) return work();
  return tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work();
    } catch (error) {
      failed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Runs a statement to PostgreSQL in a span that bears its name. */
export async function inStatementSpan<T>(
  statement: { readonly name?: string; readonly text: string },
  work: () => Promise<T>,
): Promise<T> {
  if (!isOn) return work();
  // Its first word when it has no name: its text is long, and says no more than where it stands.
  const name = statement.name ?? /\w+/.exec(statement.text)?.[0] ?? 'statement';
  return inSpan(name, statementOptions(name), work);
}

/**
 * As {@link inStatementSpan}, for statements whose begin and end are two events.
 *
 * @returns undefined when there is no span
 */
export function beginStatement(name: string): Span | undefined {
  if (!isOn || trace.getActiveSpan() === undefined) return undefined;
  return tracer.startSpan(name, statementOptions(name));
}

/** @param error undefined when it went well */
export function endStatement(span: Span, error: unknown): void {
  if (error !== undefined) failed(span, error);
  span.end();
}

function statementOptions(name: string): SpanOptions {
  const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': name };
  return { kind: SpanKind.CLIENT, attributes };
}

/** Begins the span of a request, as a child of the client's if it names one (W3C Trace Context); undefined when off. */
export function beginRequest(headers: object): Span | undefined {
  if (!isOn) return undefined;
  return tracer.startSpan(
    'request',
    { kind: SpanKind.SERVER },
    propagation.extract(context.active(), headers),
  );
}

/** Runs what belongs to a span. */
export function within(span: Span, work: () => void): void {
  const inside: Context = trace.setSpan(context.active(), span);
  context.with(inside, work);
}

const origins = new WeakMap<object, SpanContext>();

/** Notes in whose span a delivery came, for {@link linksTo}. */
export function noteOrigin(delivery: object): void {
  const span = isOn ? trace.getActiveSpan() : undefined;
  if (span !== undefined) origins.set(delivery, span.spanContext());
}

/** Links from what is done for several deliveries at once to the spans in which they came. */
export function linksTo(deliveries: readonly object[]): Link[] {
  if (!isOn) return [];
  return deliveries.flatMap((delivery) => {
    const origin = origins.get(delivery);
    return origin === undefined ? [] : [{ context: origin }];
  });
}

/** Its kind, never its message: that of PostgreSQL may quote a value. */
function failed(span: Span, error: unknown): void {
  const kind = errorCode(error) ?? (error instanceof Error ? error.constructor.name : 'Error');
  span.setAttribute('error.type', kind);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
