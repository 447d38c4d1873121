import type { ComponentChildren } from 'preact';
import { bodyOf } from '../../api/body.js';
import { may } from '../../api/session.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { Panel } from '../../ui/bits.js';
import { ProblemNote, Shown } from '../../ui/states.js';
import { WhenWanted } from '../../ui/when-wanted.js';

interface BodyPanelProps {
  readonly deliveryId: string;
  readonly title: string;
  readonly note?: ComponentChildren;
  /** What is shown of the body's text. */
  readonly children: (text: string) => ComponentChildren;
}

/**
 * A push as it came: asked for when somebody wants it. It may be large, it holds the numbers of everybody in it, and
 * who reads it is noted.
 */
export function BodyPanel({ deliveryId, title, note, children }: BodyPanelProps) {
  return (
    <Panel title={title} note={note}>
      <WhenWanted text={t('body.show')} note={t(may('numbers:read') ? 'body.noted' : 'body.whole')}>
        {() => <Body deliveryId={deliveryId}>{children}</Body>}
      </WhenWanted>
    </Panel>
  );
}

function Body({ deliveryId, children }: Pick<BodyPanelProps, 'deliveryId' | 'children'>) {
  const asked = useAsk(deliveryId, (signal) => bodyOf(deliveryId, signal));
  // What is not kept any more does not come back.
  if (asked.problem?.status === 410) return <ProblemNote problem={asked.problem} />;
  return (
    <Shown asked={asked} lines={6}>
      {children}
    </Shown>
  );
}
