// Webhooks of a test ledger, made over its API.
import { object, string } from '../contract/helpers.js';
import { withKey } from '../support/api-keys.js';
import { API_KEY, type Answer, type TestLedger } from '../support/ledger.js';

type Asked = Pick<TestLedger, 'request'>;

export interface MadeWebhook {
  readonly id: string;
  readonly secret: string;
}

export function askForWebhook(ledger: Asked, wish: Record<string, unknown>, by = API_KEY): Promise<Answer> {
  return withKey(ledger, by, '/v1/webhooks', {
    method: 'POST',
    body: JSON.stringify({ name: 'a webhook', startAt: 'beginning', ...wish }),
  });
}

/** @throws Error when it is refused */
export async function makeWebhook(
  ledger: Asked,
  wish: Record<string, unknown>,
  by = API_KEY,
): Promise<MadeWebhook> {
  const answer = await askForWebhook(ledger, wish, by);
  if (answer.status !== 201) throw new Error(`no webhook: ${answer.status} ${answer.text}`);
  const { id, secret } = object(answer.body);
  return { id: string(id), secret: string(secret) };
}

export function send(
  ledger: Asked,
  method: string,
  path: string,
  body?: unknown,
  by = API_KEY,
): Promise<Answer> {
  return withKey(ledger, by, `/v1/webhooks/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

export async function webhookOf(ledger: Asked, id: string, by = API_KEY): Promise<Record<string, unknown>> {
  const answer = await withKey(ledger, by, `/v1/webhooks/${id}`);
  if (answer.status !== 200) throw new Error(`no webhook: ${answer.status} ${answer.text}`);
  return object(answer.body);
}
