// Checks the signature of a request, as the vendor's guide describes it (ACS3-HMAC-SHA256).
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The access key that requests must be signed with. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
}

const AUTHORIZATION = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/;
const LONGEST_SKEW_MS = 15 * 60_000;

/**
 * @param key null: every key is right, and only the form of the signature is checked
 * @returns the vendor's code for what is wrong; undefined when nothing is
 */
export function signatureProblem(
  { method = '', url = '', headers }: IncomingMessage,
  body: string,
  key: AccessKey | null,
): string | undefined {
  const [, id = '', names = '', signature = ''] = AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (signature === '') return 'MissingSecurityToken';
  const skewMs = Math.abs(Date.now() - Date.parse(String(headers['x-acs-date'])));
  if (!(skewMs <= LONGEST_SKEW_MS)) return 'InvalidTimeStamp.Expired';
  const mustBeSigned = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-acs-'));
  const signedNames = names.split(';');
  if (mustBeSigned.some((name) => !signedNames.includes(name))) return 'IncompleteSignature';
  if (key === null) return undefined;
  if (id !== key.id) return 'InvalidAccessKeyId.NotFound';
  const [path = '', query = ''] = url.split('?');
  const parts = [
    method,
    path,
    query.split('&').sort().join('&'),
    ...signedNames.map((name) => `${name}:${String(headers[name])}`),
    '',
    names,
    sha256(body),
  ];
  const expected = createHmac('sha256', key.secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(parts.join('\n'))}`)
    .digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? undefined : 'SignatureDoesNotMatch';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
