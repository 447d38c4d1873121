import type { CampaignOptions } from './campaign-options.js';
import { Purpose, type RandomStreams } from './random.js';
import { shanghaiDay, shanghaiMidnight } from './shanghai-time.js';

/** Ten calls go to seven people: two of them are called again, one a third time. */
const CALLS_IN_BLOCK = 10;
const PEOPLE_IN_BLOCK = 7;
const CALLS_A_DAY = 20_000;
const LONGEST_CAMPAIGN_DAYS = 60;
const OPENING_HOUR = 9;
const OPEN_HOURS = 11;

const DAY_MS = 86_400_000;
/** Redials come up to an hour after closing. */
const CLOSED_HOUR = OPENING_HOUR + OPEN_HOURS + 1;

function daysFor(calls: number): number {
  return Math.min(LONGEST_CAMPAIGN_DAYS, Math.ceil(calls / CALLS_A_DAY));
}

/**
 * Returns the first day of campaigns whose calls are all over, and end as late as possible: today, or yesterday as long as
 * people may still be called today. A newcomer then sees them in the last 24 hours.
 *
 * @param now epoch milliseconds
 */
export function recentFirstDay(calls: number, now: number): string {
  const lastDay = now - CLOSED_HOUR * 3_600_000;
  // A number of calls that could not be read is reported elsewhere.
  const days = Number.isFinite(calls) ? daysFor(calls) : 1;
  return shanghaiDay(lastDay - (days - 1) * DAY_MS);
}

/** The place of a call in the campaigns. All numbers start at 0. */
export interface Place {
  readonly task: number;
  readonly batch: number;
  /** The person to call, numbered over the whole run: a redial has the same. */
  readonly detail: number;
  /** 0 for the first call to a person, 1 for the first redial. */
  readonly redial: number;
  /** Another call to the same person follows, so this one was not answered. */
  readonly redialled: boolean;
  /** Epoch milliseconds around which the person was first called. */
  readonly around: number;
}

/**
 * Gives any call its task, batch, person and hour, from its number alone. Tasks run at the same time, and the first
 * one is the largest. The batches of a task follow each other.
 */
export class Campaign {
  private readonly blocks: number;
  private readonly days: number;
  private readonly midnight: number;

  constructor(
    private readonly options: CampaignOptions,
    private readonly streams: RandomStreams,
  ) {
    this.blocks = Math.ceil(options.calls / CALLS_IN_BLOCK);
    this.days = daysFor(options.calls);
    this.midnight = shanghaiMidnight(options.firstDay);
  }

  placeOf(call: number): Place {
    const block = Math.floor(call / CALLS_IN_BLOCK);
    const position = call % CALLS_IN_BLOCK;
    const random = this.streams.stream(Purpose.Block, block);
    const task = Math.floor(Math.min(random.fraction(), random.fraction()) * this.options.tasks);
    const often = random.between(0, PEOPLE_IN_BLOCK - 1);
    const twice = (often + random.between(1, PEOPLE_IN_BLOCK - 1)) % PEOPLE_IN_BLOCK;
    const person = position < PEOPLE_IN_BLOCK ? position : position === 8 ? twice : often;
    const redial = position < PEOPLE_IN_BLOCK ? 0 : position === 9 ? 2 : 1;
    const lastRedial = person === often ? 2 : person === twice ? 1 : 0;
    return {
      task,
      batch: Math.min(this.options.batches - 1, Math.floor((block / this.blocks) * this.options.batches)),
      detail: block * PEOPLE_IN_BLOCK + person,
      redial,
      redialled: redial < lastRedial,
      around: this.hourOf(block / this.blocks),
    };
  }

  /**
   * Returns the share of a batch's calls that are answered. Batches differ, so that a comparison shows something.
   */
  answerShare(task: number, batch: number): number {
    return 0.35 + 0.4 * this.streams.stream(Purpose.Batch, task * 1000 + batch).fraction();
  }

  private hourOf(progress: number): number {
    const days = progress * this.days;
    const day = Math.floor(days);
    const openSeconds = Math.floor((days - day) * OPEN_HOURS * 3600);
    return this.midnight + (day * 24 * 3600 + OPENING_HOUR * 3600 + openSeconds) * 1000;
  }
}
