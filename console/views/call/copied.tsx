import type { ComponentChildren } from 'preact';
import { t, type TextName } from '../../i18n/i18n.js';
import { isAskable } from '../../state/askable.js';
import { Id } from '../../ui/bits.js';
import { Copy } from '../../ui/copy.js';
import { Given } from '../../ui/given.js';

interface CopiedProps {
  readonly name: TextName;
  readonly value: string | null;
  readonly path?: readonly ['tasks', string];
  /** The name that somebody gave it. */
  readonly label?: string | null;
  /** A way to more of the kind. A value that no filter can be asked for has none, and says so. */
  readonly children?: ComponentChildren;
}

/** An id or a number that can be copied. */
export function Copied({ name, value, path, label, children }: CopiedProps) {
  return (
    <>
      {label != null && (
        <>
          <strong>
            <Given text={label} />
          </strong>{' '}
        </>
      )}
      <Id id={value} {...(path !== undefined && { path })} />
      <CopyValue name={name} value={value} />{' '}
      {value !== null && children !== undefined && (
        <span class="small">{isAskable(value) ? children : t('id.notAskable')}</span>
      )}
    </>
  );
}

export function CopyValue({ name, value }: Pick<CopiedProps, 'name' | 'value'>) {
  if (value === null || value === '') return null;
  return <Copy text={value} label={t('call.copyValue', { name: t(name) })} isSmall />;
}
