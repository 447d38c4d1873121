// Spans of OpenTelemetry. While tracing is off, they cost only the check of a flag.
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

/** Turns tracing on. Call it once the SDK is registered. */
export function turnOn(): void {
  isOn = true;
}

/**
 * Options of a span, or a function that makes them from the arguments of the method. The function is not called while
 * tracing is off.
 */
type OptionsOf<Args extends unknown[]> = SpanOptions | ((...args: Args) => SpanOptions);

/**
 * A method decorator that makes a span of each call of the method. It is a child of the active span. Without an active
 * span there is no span, unless the options say `root`. So background work that repeats itself makes no spans. No span
 * may hold a phone number, a token or a value of a statement. Names and attributes must be constants and counts.
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

/** Runs work in a span, like {@link InSpan}. */
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

/** Runs a statement of PostgreSQL in a span with the statement's name. */
export async function inStatementSpan<T>(
  statement: { readonly name?: string; readonly text: string },
  work: () => Promise<T>,
): Promise<T> {
  if (!isOn) return work();
  // A statement without a name is called by its first word. Its whole text would be long, and would show no more than
  // the parent span does.
  const name = statement.name ?? /\w+/.exec(statement.text)?.[0] ?? 'statement';
  return inSpan(name, statementOptions(name), work);
}

/**
 * Like {@link inStatementSpan}, for statements whose begin and end are two separate events.
 *
 * @returns undefined if there is no span
 */
export function beginStatement(name: string): Span | undefined {
  if (!isOn || trace.getActiveSpan() === undefined) return undefined;
  return tracer.startSpan(name, statementOptions(name));
}

/** @param error undefined if the statement succeeded */
export function endStatement(span: Span, error: unknown): void {
  if (error !== undefined) failed(span, error);
  span.end();
}

function statementOptions(name: string): SpanOptions {
  const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': name };
  return { kind: SpanKind.CLIENT, attributes };
}

/**
 * Begins the span of a request. It is a child of the client's span if the headers name one (W3C Trace Context).
 *
 * @returns undefined while tracing is off
 */
export function beginRequest(headers: object): Span | undefined {
  if (!isOn) return undefined;
  return tracer.startSpan(
    'request',
    { kind: SpanKind.SERVER },
    propagation.extract(context.active(), headers),
  );
}

/** Runs work with the span as the active one. */
export function within(span: Span, work: () => void): void {
  const inside: Context = trace.setSpan(context.active(), span);
  context.with(inside, work);
}

const origins = new WeakMap<object, SpanContext>();

/** Remembers the active span, in which a delivery arrived, for {@link linksTo}. */
export function noteOrigin(delivery: object): void {
  const span = isOn ? trace.getActiveSpan() : undefined;
  if (span !== undefined) origins.set(delivery, span.spanContext());
}

/** Makes links to the spans in which these deliveries arrived. A span of work on several deliveries uses them. */
export function linksTo(deliveries: readonly object[]): Link[] {
  if (!isOn) return [];
  return deliveries.flatMap((delivery) => {
    const origin = origins.get(delivery);
    return origin === undefined ? [] : [{ context: origin }];
  });
}

/** Records the kind of the error, never its message, because a message of PostgreSQL may quote a value. */
function failed(span: Span, error: unknown): void {
  const kind = errorCode(error) ?? (error instanceof Error ? error.constructor.name : 'Error');
  span.setAttribute('error.type', kind);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
