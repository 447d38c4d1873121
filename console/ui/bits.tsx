// Small things that stand in many views: instants, ids, marks, parts of a page.
import type { ComponentChildren } from 'preact';
import { mayOpen, type ViewName } from '../api/access.js';
import { t } from '../i18n/i18n.js';
import { areAskable } from '../state/askable.js';
import { to, type Query } from '../state/route.js';
import { visible } from '../text/visible.js';
import { date, dateTime } from '../time/format.js';
import { Cut, Given, visibly } from './given.js';
import { Icon } from './icons.js';

/** @param at ISO 8601; null: there is none */
export function Time({ at }: { at: string | null | undefined }) {
  if (at === null || at === undefined) return <span class="quiet">–</span>;
  return (
    <time class="time" dateTime={at}>
      <span class="nowrap">{date(at)}</span> <span class="nowrap">{dateTime(at).slice(11)}</span>
    </time>
  );
}

type Path = readonly [view: ViewName] | readonly [view: ViewName, id: string];

interface IdProps {
  readonly id: string | null | undefined;
  readonly path?: Path;
  readonly query?: Query;
  /** Whether lists show all of it: no other view does. */
  readonly isWhole?: boolean;
}

/** An id in type in which its characters can be told apart. With a path that the key may follow, a link. */
export function Id({ id, path, query, isWhole = false }: IdProps) {
  if (id === null || id === undefined || id === '') return <span class="quiet">–</span>;
  const text = isWhole ? visibly(id) : <Cut text={id} />;
  if (path === undefined || !mayOpen(path[0])) return <code class="id">{text}</code>;
  if (query !== undefined && !areAskable(query)) return <NotAskable id={id} />;
  return (
    <a class="id" href={to(path, query)}>
      {text}
    </a>
  );
}

/** An id that no way leads to, and why. */
function NotAskable({ id }: { id: string }) {
  return (
    <>
      <code class="id">
        <Cut text={id} />
      </code>{' '}
      <span class="quiet small">{t('id.notAskable')}</span>
    </>
  );
}

/** A link where there is an address. */
export function Linked({ href, children }: { href: string | undefined; children: ComponentChildren }) {
  return href === undefined ? <>{children}</> : <a href={href}>{children}</a>;
}

/** The name that somebody gave a key. */
export function Name({ name }: { name: string }) {
  return (
    <span class="name">
      <Given text={name} />
    </span>
  );
}

/** The end of a UUID, by which the eye tells one from another; the whole is in the link and its hint. */
export function ShortId({ id, path }: { id: string; path: Path }) {
  if (!mayOpen(path[0]))
    return (
      <code class="id" title={id}>
        …{id.slice(-8)}
      </code>
    );
  return (
    <a class="id" href={to(path)} title={id}>
      …{id.slice(-8)}
    </a>
  );
}

export type Tone = 'good' | 'bad' | 'warn' | 'plain';

/** Longer texts may take several lines where there is little room. */
const ONE_LINE = 12;
/** Longer ones are codes rather than words. */
const MOST_WORDS = 40;

interface MarkProps {
  readonly tone: Tone;
  /** A custom property of the style sheet: what charts show it by. */
  readonly colour?: string;
  readonly children: string;
}

export function Mark({ tone, colour, children: text }: MarkProps) {
  return (
    <span class={visible(text).length > ONE_LINE ? `mark mark-${tone} mark-long` : `mark mark-${tone}`}>
      {colour !== undefined && (
        <span class="dot" style={{ background: `var(${colour})` }} aria-hidden="true" />
      )}
      <Cut text={text} most={MOST_WORDS} />
    </span>
  );
}

interface HeadProps {
  readonly title: ComponentChildren;
  /** Where it belongs, with the way back. */
  readonly parent?: {
    readonly title: string;
    readonly path: readonly string[];
    readonly query?: Query;
    /** Instead of path and query. */
    readonly address?: string | undefined;
  };
  readonly children?: ComponentChildren;
}

/** The head of a view: its name, and what can be done with all of it. */
export function Head({ title, parent, children }: HeadProps) {
  return (
    <header class="head">
      <div>
        {parent !== undefined && (
          <a class="crumb" href={parent.address ?? to(parent.path, parent.query)}>
            <Icon name="back" /> {parent.title}
          </a>
        )}
        <h1 tabIndex={-1}>{title}</h1>
      </div>
      {children !== undefined && <div class="tools">{children}</div>}
    </header>
  );
}

interface PanelProps {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Panel({ title, note, children }: PanelProps) {
  return (
    <section class="panel">
      <header class="panel-head">
        <h2>{title}</h2>
        {note !== undefined && <span class="quiet">{note}</span>}
      </header>
      {children}
    </section>
  );
}

/** Names and what they hold. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
