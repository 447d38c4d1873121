// The times of a call in, both its legs on one scale out: from the start of the call to the ringing, the answer and the end.
import type { Schemas } from '../../api/client.js';
import { t, type TextName } from '../../i18n/i18n.js';
import { date, dateTime, length } from '../../time/format.js';
import { Empty } from '../../ui/states.js';
import { TableFrame } from '../../ui/table-frame.js';

type Call = Schemas['Call'];
type TimeField =
  | 'originateTime'
  | 'ringTime'
  | 'startTime'
  | 'endTime'
  | 'bOriginateTime'
  | 'bRingTime'
  | 'bStartTime'
  | 'bEndTime';

interface Leg {
  readonly title: TextName;
  readonly fields: readonly [originate: TimeField, ring: TimeField, start: TimeField, end: TimeField];
}

const LEGS: readonly Leg[] = [
  { title: 'call.legA', fields: ['originateTime', 'ringTime', 'startTime', 'endTime'] },
  { title: 'call.legB', fields: ['bOriginateTime', 'bRingTime', 'bStartTime', 'bEndTime'] },
];
const EVENTS: readonly TextName[] = ['event.originate', 'event.ring', 'event.answer', 'event.end'];
const PHASES = ['setup', 'ringing', 'talking'] as const;
const MOST_TICKS = 5;

export function Timeline({ call }: { call: Call }) {
  const times = LEGS.flatMap(({ fields }) => fields.map((field) => Date.parse(call[field] ?? ''))).filter(
    (time) => !Number.isNaN(time),
  );
  if (times.length === 0) return <Empty title={t('call.noTimes')} />;
  const first = Math.min(...times);
  const whole = Math.max(...times) - first;
  const shown = LEGS.filter(({ fields }) => fields.some((field) => call[field] !== null));
  return (
    <div class="timeline">
      {whole > 0 && (
        <>
          {shown.map((leg) => (
            <LegBar key={leg.title} leg={leg} call={call} first={first} whole={whole} />
          ))}
          <Scale whole={whole} />
          <Phases />
        </>
      )}
      <Events legs={shown} call={call} first={first} />
    </div>
  );
}

/** @param whole milliseconds */
function Scale({ whole }: { whole: number }) {
  const parts = Math.max(1, Math.min(MOST_TICKS - 1, Math.floor(whole / 1000)));
  return (
    <div class="timeline-scale" aria-hidden="true">
      {Array.from({ length: parts + 1 }, (_, tick) => (
        <span key={tick} style={{ left: `${(tick / parts) * 100}%` }}>
          +{length((whole / 1000) * (tick / parts))}
        </span>
      ))}
    </div>
  );
}

function Phases() {
  return (
    <ul class="legend">
      {PHASES.map((phase) => (
        <li key={phase}>
          <span class={`swatch phase-${phase}`} aria-hidden="true" /> {t(`phase.${phase}`)}
        </li>
      ))}
    </ul>
  );
}

interface LegBarProps {
  readonly leg: Leg;
  readonly call: Call;
  readonly first: number;
  readonly whole: number;
}

function LegBar({ leg, call, first, whole }: LegBarProps) {
  const at = leg.fields.map((field) => Date.parse(call[field] ?? ''));
  const known = at.map((time, event) => ({ time, event })).filter(({ time }) => !Number.isNaN(time));
  // A phase goes from an event to the next that is known; unless it was answered, the last one is no talking.
  const phases = known.slice(0, -1).map(({ time, event }, index) => ({
    phase: PHASES[event] ?? 'setup',
    from: time,
    to: known[index + 1]?.time ?? time,
  }));
  const place = (time: number) => ((time - first) / whole) * 100;
  return (
    <div class="leg">
      <span class="leg-title">{t(leg.title)}</span>
      <div class="leg-track" aria-hidden="true">
        {phases.map(({ phase, from, to }) => (
          <span
            key={phase}
            class={`phase phase-${phase}`}
            style={{ left: `${place(from)}%`, width: `${Math.max(0.4, place(to) - place(from))}%` }}
            title={`${t(`phase.${phase}`)} ${length((to - from) / 1000)}`}
          />
        ))}
        {known.map(({ time, event }) => (
          <span
            key={event}
            class="event"
            style={{ left: `${place(time)}%` }}
            title={t(EVENTS[event] ?? 'event.end')}
          />
        ))}
      </div>
    </div>
  );
}

function Events({ legs, call, first }: { legs: readonly Leg[]; call: Call; first: number }) {
  return (
    <TableFrame label={t('call.timeline')}>
      <table class="table events">
        <thead>
          <tr>
            <th scope="col">{t('call.leg')}</th>
            {EVENTS.map((event) => (
              <th key={event} scope="col">
                {t(event)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {legs.map(({ title, fields }) => (
            <tr key={title}>
              <th scope="row">{t(title)}</th>
              {fields.map((field) => (
                <td key={field}>{eventText(call[field], first, date(call.occurredAt))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

/** @param day that needs not be said */
function eventText(at: string | null, first: number, day: string) {
  if (at === null) return <span class="quiet">–</span>;
  return (
    <>
      <time dateTime={at}>{date(at) === day ? dateTime(at).slice(11) : dateTime(at)}</time>{' '}
      <span class="quiet">+{length((Date.parse(at) - first) / 1000)}</span>
    </>
  );
}
