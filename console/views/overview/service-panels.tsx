// How the service does: the last push, how soon pushes are acknowledged, what waits in the journal and the quarantine.
import { answerOf, api, type Schemas } from '../../api/client.js';
import { may, seesAll } from '../../api/session.js';
import { type Asked, useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { to } from '../../state/route.js';
import { ago, bytes, count, dateTime, percent } from '../../time/format.js';
import { Shown } from '../../ui/states.js';
import { useSeconds } from '../../ui/updated.js';
import { Acknowledgements } from './acknowledgements.js';
import { Tile } from './tile.js';

type Status = Schemas['Status'];

/** @param tick undefined: it is not time to ask yet. Nobody is asked for keys that may not see it. */
export function useStatus(tick: string | undefined): Asked<Status> {
  const question = (signal: AbortSignal) => answerOf(api.GET('/v1/status', { signal }));
  return useAsk('status', tick === undefined || !seesAll() ? undefined : question, tick);
}

export function ServicePanels({ asked }: { asked: Asked<Status> }) {
  return (
    <Shown asked={asked} lines={3}>
      {(status) => (
        <>
          {!status.databaseAnswers && (
            <p class="note note-away" role="alert">
              {t('overview.away', { n: count(status.journal?.entries ?? 0) })}
            </p>
          )}
          <div class="tiles tiles-service">
            <LastPush at={status.lastPushAt} />
            <JournalTile journal={status.journal} />
            <QuarantineTile open={status.openQuarantineEntries} />
            <Acknowledgements {...status.acknowledgements} startedAt={status.startedAt} />
          </div>
        </>
      )}
    </Shown>
  );
}

function LastPush({ at }: { at: string | null }) {
  const now = useSeconds();
  if (at === null) return <Tile title={t('overview.lastPush')} value={t('overview.noPush')} />;
  return (
    <Tile
      title={t('overview.lastPush')}
      value={t('overview.lastPush.ago', { time: ago(at, now) })}
      note={dateTime(at)}
    />
  );
}

function JournalTile({ journal }: { journal: Status['journal'] }) {
  if (journal === null) return <Tile title={t('overview.journal')} value={t('overview.journal.off')} />;
  const { entries, bytes: held, maxBytes, problem } = journal;
  const note =
    problem ??
    t('overview.journal.note', {
      held: bytes(held),
      most: bytes(maxBytes),
      share: percent(held / maxBytes, 0),
    });
  // Each process has its own, and only one of them was asked.
  const tone = problem !== null ? 'bad' : entries > 0 ? 'warn' : undefined;
  return (
    <Tile
      title={t('overview.journal')}
      value={t('overview.journal.entries', { n: count(entries) })}
      note={
        <>
          {note} · {t('overview.ofProcess')}
        </>
      }
      tone={tone}
    />
  );
}

function QuarantineTile({ open }: { open: number | null }) {
  const title = t('overview.quarantine');
  if (open === null) return <Tile title={title} value="–" />;
  const look = <a href={to(['quarantine'], { status: 'open' })}>{t('overview.quarantine.look')}</a>;
  return (
    <Tile
      title={title}
      value={count(open)}
      note={may('quarantine:manage') && open > 0 ? look : t('overview.quarantine.note')}
      tone={open > 0 ? 'warn' : undefined}
    />
  );
}
