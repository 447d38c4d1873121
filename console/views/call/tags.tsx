import { t } from '../../i18n/i18n.js';
import { Linked } from '../../ui/bits.js';
import { Cut } from '../../ui/given.js';
import { callsOf } from '../calls/calls-link.js';

/** The customer's own tags, each with the way to the calls that have it. A value is a text or a list of texts. */
export function Tags({ tags }: { tags: Readonly<Record<string, unknown>> }) {
  const pairs = Object.entries(tags).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one: unknown) => [name, one] as const),
  );
  if (pairs.length === 0) return null;
  return (
    <ul class="chips" aria-label={t('field.tags')}>
      {pairs.map(([name, value], index) => (
        <li key={index} class="mark">
          <Linked href={callsWith(name, value)}>
            <Cut text={`${name}: ${textOf(value)}`} />
          </Linked>
        </li>
      ))}
    </ul>
  );
}

/** Undefined: the API can't be asked for such a tag. */
function callsWith(name: string, value: unknown): string | undefined {
  if (typeof value !== 'string' || name.includes(':')) return undefined;
  const tag = `${name}:${value}`;
  // The filters of an address are trimmed.
  return tag.trim() === tag ? callsOf({}, { tag }) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
