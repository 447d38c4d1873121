// One box for every id and number: it says what of the ledger has what was typed, and leads there.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { isAbort, problemOf } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import { isAskable } from '../../state/askable.js';
import { go } from '../../state/route.js';
import { Id } from '../../ui/bits.js';
import { Icon } from '../../ui/icons.js';
import { ProblemNote } from '../../ui/states.js';
import { type Meaning, type Meanings, meaningsOf } from './search.js';

/** From the last key to the question. */
const PAUSE_MS = 250;

/** Along the meanings, by the key. */
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

interface Found extends Meanings {
  readonly typed: string;
}

interface SearchBoxProps {
  readonly takesFocus?: boolean;
  /** Told when a way is taken. */
  readonly onChosen?: () => void;
}

export function SearchBox({ takesFocus = false, onChosen }: SearchBoxProps) {
  const { typed, answer, again, active, isShown, type, press, close, choose } = useSearch(onChosen);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (takesFocus) input.current?.focus();
  }, [takesFocus]);
  const list = useId();
  const meanings = answer?.found ?? [];
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={t('search.label')}
        placeholder={t('search.placeholder')}
        aria-expanded={isShown && meanings.length > 0}
        aria-controls={list}
        aria-activedescendant={isShown && meanings.length > 0 ? `${list}-${active}` : undefined}
        aria-autocomplete="list"
        autocomplete="off"
        spellcheck={false}
        value={typed}
        onInput={(event) => {
          type(event.currentTarget.value);
        }}
        onKeyDown={press}
        onBlur={close}
      />
      <Choices
        id={list}
        isShown={isShown}
        meanings={meanings}
        active={active}
        typed={typed.trim()}
        onChoose={choose}
      />
      <p class="search-none quiet small" role="status">
        {typed.trim() !== '' &&
          answer?.problem === undefined &&
          answer?.found.length === 0 &&
          noneText(typed)}
      </p>
      {answer?.problem !== undefined && <ProblemNote problem={answer.problem} again={again} />}
    </div>
  );
}

/** What is typed and what comes of it, with what the keys do. */
function useSearch(onChosen: (() => void) | undefined) {
  const [typed, setTyped] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [isWanted, setWanted] = useState(false);
  const [answer, again] = useMeanings(typed);
  const meanings = answer?.found ?? [];
  const close = () => {
    setOpen(false);
    setWanted(false);
  };
  const type = (text: string) => {
    setTyped(text);
    setActive(0);
    setOpen(true);
    setWanted(false);
  };
  const choose = (meaning: Meaning | undefined) => {
    if (meaning === undefined) return;
    close();
    setTyped('');
    onChosen?.();
    go(meaning.path, meaning.query);
  };
  useEffect(() => {
    if (!isWanted || answer === undefined) return;
    setWanted(false);
    choose(meanings[0]);
  }, [isWanted, answer]);
  const press = (event: KeyboardEvent) => {
    // Keys of an input method end its words, and nothing else.
    if (event.isComposing) return;
    if (event.key === 'Escape') close();
    // Ids are pasted, and Enter follows at once: before the answer is there it means the first, likeliest one, as it does then.
    if (event.key === 'Enter' && answer === undefined) setWanted(typed.trim() !== '');
    else if (event.key === 'Enter') choose(meanings[active]);
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setActive((active + step + meanings.length) % Math.max(1, meanings.length));
  };
  return { typed, answer, again, active, isShown: isOpen && typed.trim() !== '', type, press, close, choose };
}

function noneText(typed: string): string {
  return t(isAskable(typed.trim()) ? 'search.none' : 'search.comma');
}

interface ChoicesProps {
  readonly id: string;
  readonly isShown: boolean;
  readonly meanings: readonly Meaning[];
  /** Index of the one that Enter takes. */
  readonly active: number;
  readonly typed: string;
  readonly onChoose: (meaning: Meaning) => void;
}

function Choices({ id, isShown, meanings, active, typed, onChoose }: ChoicesProps) {
  return (
    <ul
      id={id}
      role="listbox"
      aria-label={t('search.found')}
      class="search-found"
      hidden={!isShown || meanings.length === 0}
    >
      {meanings.map((meaning, index) => (
        <li
          key={meaning.title}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(meaning);
          }}
        >
          {t('search.meaning', { what: t(meaning.title) })} <Id id={typed} />
        </li>
      ))}
    </ul>
  );
}

/** What was found, once it is there, and the way to look again. */
function useMeanings(typed: string): [answer: Found | undefined, again: () => void] {
  const [answer, setAnswer] = useState<Found>();
  const [asks, setAsks] = useState(0);
  useEffect(() => {
    if (typed.trim() === '') return undefined;
    const gone = new AbortController();
    const timer = setTimeout(() => {
      meaningsOf(typed, gone.signal).then(
        (meanings) => {
          setAnswer({ typed, ...meanings });
        },
        (error: unknown) => {
          if (!isAbort(error)) setAnswer({ typed, found: [], problem: problemOf(error) });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [typed, asks]);
  const again = () => {
    setAsks(asks + 1);
  };
  return [answer?.typed === typed ? answer : undefined, again];
}
