// One box for every id and number: it says what of the ledger has what was typed, and leads there.
import { useEffect, useId, useState } from 'preact/hooks';
import { isAbort, problemOf } from '../../api/client.js';
import { t } from '../../i18n/i18n.js';
import { isAskable } from '../../state/askable.js';
import { go } from '../../state/route.js';
import { Icon } from '../../ui/icons.js';
import { ProblemNote } from '../../ui/states.js';
import { type Meaning, type Meanings, meaningsOf } from './search.js';

/** From the last key to the question. */
const PAUSE_MS = 250;

interface Found extends Meanings {
  readonly typed: string;
}

export function SearchBox() {
  const [typed, setTyped] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [isWanted, setWanted] = useState(false);
  const [answer, again] = useMeanings(typed);
  const list = useId();
  const meanings = answer?.found ?? [];
  const choose = (meaning: Meaning | undefined) => {
    if (meaning === undefined) return;
    setOpen(false);
    setWanted(false);
    setTyped('');
    go(meaning.path, meaning.query);
  };
  useEffect(() => {
    if (!isWanted || answer === undefined) return;
    setWanted(false);
    choose(meanings[0]);
  }, [isWanted, answer]);
  const onKeyDown = (event: KeyboardEvent) => {
    // This Enter ends a word of an input method.
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      setOpen(false);
      setWanted(false);
    }
    if (event.key === 'Enter') {
      // Before the answer is there, it means what it means then: the first, likeliest one. Ids are pasted, and Enter follows at once.
      if (answer === undefined) setWanted(typed.trim() !== '');
      else choose(meanings[active]);
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    setActive((active + step + meanings.length) % Math.max(1, meanings.length));
  };
  const isShown = isOpen && typed.trim() !== '';
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
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
          setTyped(event.currentTarget.value);
          setActive(0);
          setOpen(true);
          setWanted(false);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setOpen(false);
          setWanted(false);
        }}
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
        {isShown && answer?.problem === undefined && answer?.found.length === 0 && noneText(typed)}
      </p>
      {answer?.problem !== undefined && <ProblemNote problem={answer.problem} again={again} />}
    </div>
  );
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
          {t('search.meaning', { what: t(meaning.title) })} <code>{typed}</code>
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
