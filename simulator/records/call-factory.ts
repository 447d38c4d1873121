import { drawCourse, moveCourse } from './call-course.js';
import type { CallFacts, Json } from './call-facts.js';
import { Campaign, type Place } from './campaign.js';
import { campaignFingerprint, type CampaignOptions } from './campaign-options.js';
import { OddityDraw, type Oddities } from './oddities.js';
import { ANSWERED, drawOutcome, drawUnknownOutcome, type Outcome } from './outcomes.js';
import { Purpose, RandomStreams, type Random } from './random.js';
import { RunIds } from './run-ids.js';

/** 0: the call as it is first sent. 1: the corrected call. */
export type Version = 0 | 1;

const CHINESE_TASKS = 0.5;
const TASKS_WITH_SECOND_LEG = 0.7;
const NO_FIELDS: CallFacts['extra'] = {};

interface TaskHabits {
  readonly chinese: boolean;
  readonly secondLeg: boolean;
}

/**
 * Makes any call of a run from the options and the call's number alone. Nothing needs to be kept: a call is made
 * again when it is retried or verified.
 */
export class CallFactory {
  readonly streams: RandomStreams;
  readonly ids: RunIds;
  readonly oddities: OddityDraw;
  private readonly campaign: Campaign;

  constructor(readonly options: CampaignOptions) {
    const fingerprint = campaignFingerprint(options);
    this.streams = new RandomStreams(fingerprint);
    this.ids = new RunIds(fingerprint);
    this.oddities = new OddityDraw(options, this.streams);
    this.campaign = new Campaign(options, this.streams);
  }

  /** The number of the task that the call belongs to. */
  taskOf(call: number): number {
    return this.campaign.placeOf(call).task;
  }

  /** The number of the person who is called. */
  detailOf(call: number): number {
    return this.campaign.placeOf(call).detail;
  }

  /**
   * Whether the vendor pushes the call. A call that is followed by a redial always is: the query API lists only the
   * last call to a person, so nobody could find it there.
   */
  isPushed(call: number): boolean {
    const { unpushed } = this.options;
    if (unpushed === 0 || this.campaign.placeOf(call).redialled) return true;
    return !this.streams.stream(Purpose.Unpushed, call).chance(unpushed);
  }

  countUnpushed(): number {
    if (this.options.unpushed === 0) return 0;
    let count = 0;
    for (let call = 0; call < this.options.calls; call += 1) if (!this.isPushed(call)) count += 1;
    return count;
  }

  /** Whether the call is in Chinese. */
  isChinese(call: number): boolean {
    return this.habits(this.taskOf(call)).chinese;
  }

  callIdOf(call: number): string {
    return this.ids.callId(call, this.oddities.of(call).idsAsNumbers);
  }

  /** Returns the content of a version of the call. */
  facts(call: number, version: Version): CallFacts {
    const place = this.campaign.placeOf(call);
    const habits = this.habits(place.task);
    const first = this.first(call, place, habits);
    return version === 0 ? first : corrected(first, this.streams.stream(Purpose.Correction, call), habits);
  }

  /**
   * Makes the first version. The fields are written out, because spreading parts made a call cost 25 µs instead of
   * 3 µs.
   */
  private first(call: number, place: Place, habits: TaskHabits): CallFacts {
    const oddities = this.oddities.of(call);
    const random = this.streams.stream(Purpose.Call, call);
    const originateMs = place.around + (place.redial * 300 + random.between(0, 120)) * 1000;
    const outcome = this.outcome(random, place, oddities);
    const course = drawCourse(random, outcome, originateMs, habits.secondLeg);
    const realCaller = shownNumber(place.task * 4 + random.between(0, 3));
    return {
      taskId: this.ids.taskId(place.task),
      detailId: this.ids.detailId(place.detail),
      batchId: this.ids.batchId(place.task, place.batch),
      callId: this.ids.callId(call, oddities.idsAsNumbers),
      outId: place.detail % 20 === 19 ? null : this.ids.outId(place.detail),
      startTime: course.startTime,
      endTime: course.endTime,
      duration: course.duration,
      statusCode: random.pick(outcome.statusCodes),
      smartStatusCode: outcome.smartStatusCode,
      statusMsg: habits.chinese ? outcome.chinese : outcome.english,
      caller: serviceNumber(place.task),
      realCaller,
      callee: personsNumber(place.detail),
      hangupDirection: outcome.rings ? whoHungUp(random, habits) : null,
      originateTime: course.originateTime,
      ringTime: course.ringTime,
      bRingTime: course.bRingTime,
      bStartTime: course.bStartTime,
      bEndTime: course.bEndTime,
      bDuration: course.bDuration,
      bOriginateTime: course.bOriginateTime,
      extra: oddities.newFields ? newFields(random) : NO_FIELDS,
    };
  }

  private habits(task: number): TaskHabits {
    const random = this.streams.stream(Purpose.Task, task);
    return { chinese: random.chance(CHINESE_TASKS), secondLeg: random.chance(TASKS_WITH_SECOND_LEG) };
  }

  private outcome(random: Random, place: Place, oddities: Oddities): Outcome {
    if (oddities.unknownCodes) return drawUnknownOutcome(random);
    return drawOutcome(random, this.campaign.answerShare(place.task, place.batch), place.redialled);
  }
}

function corrected(first: CallFacts, random: Random, habits: TaskHabits): CallFacts {
  const statusMsg = habits.chinese ? '运营商更正' : 'Corrected by carrier';
  const answeredAfterAll = first.startTime === null && random.chance(0.5);
  if (answeredAfterAll) {
    const course = drawCourse(random, ANSWERED, first.originateTime ?? 0, habits.secondLeg);
    const statusCode = random.pick(ANSWERED.statusCodes);
    const hangupDirection = whoHungUp(random, habits);
    return {
      ...first,
      ...course,
      statusMsg,
      statusCode,
      smartStatusCode: ANSWERED.smartStatusCode,
      hangupDirection,
    };
  }
  const movedSeconds = random.chance(0.2) ? random.between(1, 1200) : 0;
  return { ...first, ...moveCourse(first, movedSeconds, random.between(1, 60)), statusMsg };
}

// These are numbers that nobody can have: no subscriber's number within an area begins with 0, and Chinese mobile
// numbers begin with 13 to 19, never 12.

function serviceNumber(task: number): string {
  return `057100000${String(task).padStart(4, '0')}`;
}

function shownNumber(line: number): string {
  return `05710000${String(line).padStart(4, '0')}`;
}

/** Returns a different number for each of the first ten million people, in no visible order. */
function personsNumber(detail: number): string {
  return `1200${String((detail * 7919 + 1_234_567) % 10_000_000).padStart(7, '0')}`;
}

function whoHungUp(random: Random, { chinese }: TaskHabits): string {
  if (random.chance(0.6)) return chinese ? '用户' : 'User';
  return chinese ? '机器' : 'Machine';
}

function newFields(random: Random): Record<string, Json> {
  return {
    intentLevel: random.pick(['A', 'B', 'C', 'D']),
    recordingSeconds: random.between(0, 300),
    dialogue: { turns: random.between(1, 9), tags: ['simulated', '试呼'] },
  };
}
