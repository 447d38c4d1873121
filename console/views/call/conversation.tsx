// What was said in a call, as the two who said it, with a box that finds words in it.
import { useRef, useState } from 'preact/hooks';
import { answerOf, api, type Schemas } from '../../api/client.js';
import { useAsk } from '../../api/use-ask.js';
import { t, type TextName } from '../../i18n/i18n.js';
import { type Part, partsOf } from '../../text/found.js';
import { count } from '../../time/format.js';
import { Panel } from '../../ui/bits.js';
import { visibly } from '../../ui/given.js';
import { Empty, Shown } from '../../ui/states.js';
import { WhenWanted } from '../../ui/when-wanted.js';

type Turn = Schemas['Turn'];

const ROLES: Readonly<Record<string, TextName>> = {
  assistant: 'conversation.assistant',
  user: 'conversation.user',
};

/** @param turns how many there are. Who reads them is recorded, so they are asked for when somebody wants them. */
export function ConversationPanel({ callId, turns }: { callId: string; turns: number }) {
  return (
    <Panel title={t('conversation.title')} note={t('conversation.turns', { n: count(turns) })}>
      <WhenWanted text={t('conversation.show')} note={t('conversation.noted')}>
        {() => <Conversation callId={callId} />}
      </WhenWanted>
    </Panel>
  );
}

function Conversation({ callId }: { callId: string }) {
  const params = { path: { callId } };
  const asked = useAsk(callId, (signal) =>
    answerOf(api.GET('/v1/calls/{callId}/conversation', { params, signal })),
  );
  return (
    <Shown asked={asked} lines={6}>
      {({ data }) => (data.length === 0 ? <Empty title={t('conversation.none')} /> : <Turns turns={data} />)}
    </Shown>
  );
}

interface ShownTurn {
  readonly role: string;
  readonly parts: readonly Part[];
  /** How many findings the turns before have. */
  readonly before: number;
}

/** @returns the turns, and how many findings all of them have */
function searched(turns: readonly Turn[], sought: string): [shown: ShownTurn[], found: number] {
  let found = 0;
  const shown = turns.map(({ role, content }) => {
    const turn = { role, parts: partsOf(content, sought), before: found };
    found += turn.parts.filter(({ isFound }) => isFound).length;
    return turn;
  });
  return [shown, found];
}

function Turns({ turns }: { turns: readonly Turn[] }) {
  const [sought, setSought] = useState('');
  const [place, setPlace] = useState(0);
  const list = useRef<HTMLOListElement>(null);
  const [shown, found] = searched(turns, sought);
  const goOn = (step: number) => {
    if (found === 0) return;
    const next = (place + step + found) % found;
    setPlace(next);
    list.current?.querySelectorAll('mark')[next]?.scrollIntoView({ block: 'nearest' });
  };
  const seek = (text: string) => {
    setSought(text);
    setPlace(0);
  };
  return (
    <>
      <Search sought={sought} place={place} found={found} onInput={seek} onEnter={goOn} />
      {/* It scrolls, so the keyboard must reach it. */}
      <ol ref={list} class="turns" tabIndex={0} aria-label={t('conversation.title')}>
        {shown.map((turn, index) => (
          <TurnItem key={index} turn={turn} place={place} />
        ))}
      </ol>
    </>
  );
}

interface SearchProps {
  readonly sought: string;
  /** From 0, of those that were found. */
  readonly place: number;
  readonly found: number;
  readonly onInput: (text: string) => void;
  /** @param step to the next finding, or to the one before */
  readonly onEnter: (step: number) => void;
}

function Search({ sought, place, found, onInput, onEnter }: SearchProps) {
  return (
    <div class="actions">
      <input
        type="search"
        size={30}
        aria-label={t('conversation.search')}
        placeholder={t('conversation.search')}
        autocomplete="off"
        spellcheck={false}
        value={sought}
        onInput={(event) => {
          onInput(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.isComposing) onEnter(event.shiftKey ? -1 : 1);
        }}
      />
      <span class="quiet small" role="status">
        {sought !== '' &&
          (found === 0
            ? t('conversation.notFound')
            : t('conversation.found', { n: count(place + 1), of: count(found) }))}
      </span>
    </div>
  );
}

/** @param place of the finding where the search is */
function TurnItem({ turn: { role, parts, before }, place }: { turn: ShownTurn; place: number }) {
  let at = before - 1;
  return (
    <li class={role === 'user' ? 'turn turn-user' : 'turn'}>
      <p class="quiet small">{roleText(role)}</p>
      <p class="turn-text">
        <bdi>
          {parts.map(({ text, isFound }) => {
            if (!isFound) return visibly(text, true);
            at += 1;
            return <mark class={at === place ? 'found-here' : undefined}>{visibly(text, true)}</mark>;
          })}
        </bdi>
      </p>
    </li>
  );
}

/** Roles that the vendor does not document are shown as they came. */
function roleText(role: string) {
  const known = ROLES[role];
  return known === undefined ? visibly(role) : t(known);
}
