// A telephone number as somebody types it in, the ways in which the ledger may have the same number out: the API compares texts.
// The service's own rules for what is erased (src/numbers/number-forms.ts) know the same forms.

const COUNTRY = '86';
/** Digits, with what people put between them; of full width, too. */
const WRITTEN = /^[+\d\s()-]+$/;
/** Of hotlines at least, of E.164 with its prefixes at most. */
const COMPACT = /^\+?\d{5,20}$/;
/** Without country code and leading zeros; what is shorter is a hotline and has one form. */
const CORE = /^\d{7,15}$/;
/** Country code and a national number of ten digits: what is shorter and begins with 86 is a local number. */
const LEAST_WITH_COUNTRY = 12;

/** @returns as it was typed first, the likeliest next; none for what is no number */
export function numberForms(typed: string): string[] {
  const text = typed.normalize('NFKC');
  const compact = text.replaceAll(/[\s()-]/g, '');
  if (!WRITTEN.test(text) || !COMPACT.test(compact)) return [];
  const core = coreOf(compact);
  if (!CORE.test(core)) return compact.length < 7 ? [compact] : [];
  const withCountry = `${COUNTRY}${core}`;
  const bare = withCountry.length < LEAST_WITH_COUNTRY ? [] : [withCountry];
  return [...new Set([compact, core, `0${core}`, ...bare, `+${withCountry}`, `00${withCountry}`])];
}

function coreOf(compact: string): string {
  const isInternational = /^(\+|00)/.test(compact);
  const digits = compact.replace(/^\+?0*/, '');
  const hasCountry = digits.startsWith(COUNTRY) && (isInternational || digits.length >= LEAST_WITH_COUNTRY);
  return hasCountry ? digits.slice(COUNTRY.length).replace(/^0+/, '') : digits;
}
