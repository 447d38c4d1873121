// Reads what an identity provider claims of a person. Nothing in it is trusted to have a type.

export type Claims = Readonly<Record<string, unknown>>;

const LONGEST_NAME = 200;

/**
 * The texts of a claim: of a list, or of one text.
 *
 * @param path the name of the claim. If there is none of this name, its dots lead into objects.
 * @returns undefined if there is no such claim
 */
export function claimTexts(claims: Claims, path: string): string[] | undefined {
  const value = path in claims ? claims[path] : path.split('.').reduce(inner, claims);
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return undefined;
  return value.filter((one: unknown) => typeof one === 'string');
}

function inner(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

/** How people are called. @returns undefined if the provider does not say */
export function nameOf(claims: Claims): string | undefined {
  const names = [claims['name'], claims['preferred_username'], claims['email']];
  const name = names.find((one) => typeof one === 'string' && one.trim() !== '');
  return typeof name === 'string' ? name.trim().replaceAll('\0', '').slice(0, LONGEST_NAME) : undefined;
}
