// Marks the drift of the address's filters as seen: what was there when the list was read, and nothing that came since.
import { useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import type { Query } from '../../state/route.js';
import { iso } from '../../time/range.js';
import { Bulk, resultOf } from '../../ui/bulk.js';

type Kind = NonNullable<Schemas['AcknowledgeRequest']['kind']>[number];

interface AcknowledgeProps {
  readonly query: Query;
  /** @param isDone whether anything may have changed */
  readonly onClose: (isDone: boolean) => void;
}

export function Acknowledge({ query: { kind, field }, onClose }: AcknowledgeProps) {
  const [firstSeenTo] = useState(() => iso(Date.now()));
  const wanted = {
    ...(isKind(kind) && { kind: [kind] }),
    ...(field !== undefined && { field: [field] }),
    firstSeenTo,
  };
  const ask = (dryRun: boolean) =>
    resultOf(
      answerOf(api.POST('/v1/schema-drift/acknowledge', { body: { ...wanted, dryRun } })),
      ({ acknowledged }) => acknowledged,
    );
  return (
    <Bulk
      title={t('acknowledge.title')}
      what={t('acknowledge.what')}
      counted={t('acknowledge.counted')}
      action={(n) => t('acknowledge.do', { n })}
      ask={ask}
      onClose={onClose}
    />
  );
}

export const KINDS = ['unknownField', 'unlistedCode', 'otherType', 'unreadableField'] as const;

function isKind(text: string | undefined): text is Kind {
  return KINDS.some((kind) => kind === text);
}
