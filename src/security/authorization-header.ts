// The Authorization header (RFC 9110, 7617, 6750) in, the secret in it out.

export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

/** The password of `Basic`; the user's name is not looked at. */
export function basicPassword(header: string | undefined): string | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const credentials = Buffer.from(encoded, 'base64').toString('utf8');
  const separator = credentials.indexOf(':');
  return separator < 0 ? undefined : credentials.slice(separator + 1);
}
