// A telephone number as somebody types it. The API knows it in every form; this says whether to ask at all.

const COUNTRY = '86';
/** Digits, with what people put between them; of full width, too. */
const WRITTEN = /^[+\d\s().-]+$/;
/** Of hotlines at least, of E.164 with its prefixes at most. */
const COMPACT = /^\+?\d{5,20}$/;
/** Without country code and leading zeros; what is shorter is a hotline. */
const CORE = /^\d{7,15}$/;
const SHORTEST = 7;
/** Country code and a national number of ten digits: what is shorter and begins with 86 is a local number. */
const LEAST_WITH_COUNTRY = 12;

/** @returns the number without its country code 86 and what parts its digits; undefined for what is no number */
export function typedNumber(typed: string): string | undefined {
  const text = typed.normalize('NFKC');
  const compact = text.replaceAll(/[\s().-]/g, '');
  if (!WRITTEN.test(text) || !COMPACT.test(compact)) return undefined;
  const national = withoutCountry(compact);
  const core = national.replace(/^\+?0*/, '');
  if (!CORE.test(core)) return compact.length < SHORTEST ? compact : undefined;
  return national;
}

function withoutCountry(compact: string): string {
  const isInternational = /^(\+|00)/.test(compact);
  const digits = compact.replace(/^\+?0*/, '');
  const hasCountry = digits.startsWith(COUNTRY) && (isInternational || digits.length >= LEAST_WITH_COUNTRY);
  return hasCountry ? digits.slice(COUNTRY.length) : compact;
}
