import { mayOpen, type ViewName } from '../api/access.js';
import { areAskable } from '../state/askable.js';
import { to, type Query } from '../state/route.js';
import { Id } from './bits.js';
import { Given } from './given.js';

interface NamedProps {
  /** That somebody gave it; null: none did. */
  readonly name: string | null | undefined;
  readonly id: string | null;
  readonly path: readonly [view: ViewName] | readonly [view: ViewName, id: string];
  readonly query?: Query;
}

/** A campaign or a batch by its name, with its id beneath; by its id alone if it has no name. */
export function Named({ name, id, path, query = {} }: NamedProps) {
  if (name === null || name === undefined || name === '') return <Id id={id} path={path} query={query} />;
  const isLink = mayOpen(path[0]) && areAskable(query);
  return (
    <span class="named">
      {isLink ? (
        <a href={to(path, query)}>
          <Given text={name} />
        </a>
      ) : (
        <Given text={name} />
      )}
      <span class="quiet small">
        <Id id={id} />
      </span>
    </span>
  );
}
