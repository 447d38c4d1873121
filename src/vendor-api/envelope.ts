import { parseExact } from '../json/exact-numbers.js';
import { AnswerObject } from './answer-object.js';
import type { HttpAnswer } from './exchange.js';
import { VendorApiError, type VendorProblem } from './vendor-api-error.js';

const LONGEST_QUOTE = 300;

/** What every answer of the vendor has around its data. */
interface Envelope {
  readonly code: string | null;
  readonly message: string | null;
  readonly success: boolean | null;
  readonly requestId: string | null;
  readonly data: AnswerObject | null;
}

/**
 * Reads the data of an answer.
 *
 * @param action the operation, for messages
 * @param secrets what messages must not contain: the vendor quotes the signed request when it refuses a signature
 * @returns null when the answer is a success without data
 * @throws VendorApiError when the answer is no success. HTTP 200 with `Success: false` is none.
 */
export function dataOf(action: string, answer: HttpAnswer, secrets: readonly string[]): AnswerObject | null {
  if (answer.status !== 200) throw failureOf(action, answer, secrets);
  const envelope = envelopeOf(action, answer.text);
  const { code, success, data } = envelope;
  if (success === null && code === null)
    throw new VendorApiError('unreadable', `${action}: the answer has neither Code nor Success`);
  if (success === false || (code !== null && code !== 'OK'))
    throw new VendorApiError(
      isThrottling(code) ? 'throttled' : isSystemError(code) ? 'unavailable' : 'refused',
      `${action}: the vendor answers ${quoted(envelope, secrets)}`,
    );
  return data;
}

/** The error for an answer with another status than 200. Its body may be anything, for example a proxy's page. */
function failureOf(
  action: string,
  { status, text, retryAfterMs }: HttpAnswer,
  secrets: readonly string[],
): VendorApiError {
  const envelope = attempted(() => envelopeOf(action, text));
  const isBusy = status === 429 || status === 503 || isThrottling(envelope?.code ?? null);
  const problem: VendorProblem = isBusy ? 'throttled' : status >= 500 ? 'unavailable' : 'refused';
  const said = envelope === undefined ? '' : ` ${quoted(envelope, secrets)}`;
  return new VendorApiError(
    problem,
    `${action}: the vendor answers HTTP ${status}${said}`,
    undefined,
    isBusy ? retryAfterMs : 0,
  );
}

function envelopeOf(action: string, text: string): Envelope {
  const fields = AnswerObject.of(parsed(action, text), `${action}:`);
  return {
    code: fields.text('Code'),
    message: fields.text('Message'),
    success: fields.flag('Success'),
    requestId: fields.text('RequestId'),
    data: fields.object('Data'),
  };
}

/** The parser's messages quote the text, which holds phone numbers, so they are dropped. */
function parsed(action: string, text: string): unknown {
  try {
    return parseExact(text);
  } catch (error) {
    const why = error instanceof RangeError ? 'nested too deep' : 'not JSON';
    throw new VendorApiError('unreadable', `${action}: an answer of ${text.length} characters is ${why}`);
  }
}

function attempted(read: () => Envelope): Envelope | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof VendorApiError) return undefined;
    throw error;
  }
}

function isThrottling(code: string | null): boolean {
  return code?.includes('Throttling') ?? false;
}

/** The vendor's APIs name failures of their own in several ways. */
function isSystemError(code: string | null): boolean {
  return /SYSTEM_?ERROR|INTERNAL_?ERROR|SERVICE_?UNAVAILABLE/i.test(code ?? '');
}

function quoted({ code, message, requestId }: Envelope, secrets: readonly string[]): string {
  const said = message === null ? '' : ` "${shown(message, secrets)}"`;
  const id = requestId === null ? '' : ` (RequestId ${shown(requestId, secrets)})`;
  return `${shown(code ?? 'no code', secrets)}${said}${id}`;
}

function shown(text: string, secrets: readonly string[]): string {
  const hidden = secrets.reduce((left, secret) => left.replaceAll(secret, '…'), text);
  return hidden.slice(0, LONGEST_QUOTE);
}
