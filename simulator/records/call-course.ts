import type { CallTimes } from './call-facts.js';
import type { Outcome } from './outcomes.js';
import type { Random } from './random.js';

/** The times of a call: moments in epoch milliseconds, durations in seconds. */
export interface CallCourse extends CallTimes {
  readonly duration: number;
  readonly bDuration: number;
}

function spokenSeconds(random: Random, outcome: Outcome): number {
  if (outcome.smartStatusCode === 'INTELLIGENT_ANSWER') return random.between(2, 12);
  // Most conversations with a robot are short, and few are long.
  return random.between(3, 30) + Math.floor(-Math.log(1 - random.fraction()) * 40);
}

/**
 * Draws a course whose times fit together: the ring time is after the originate time, the start after the ring
 * time, and end = start + duration. It has a second leg, to the callee, if asked for.
 */
export function drawCourse(
  random: Random,
  outcome: Outcome,
  originateMs: number,
  secondLeg: boolean,
): CallCourse {
  const ring = originateMs + random.between(2, 6) * 1000;
  const start = ring + random.between(2, 25) * 1000;
  const duration = outcome.connects ? spokenSeconds(random, outcome) : 0;
  const end = start + duration * 1000;
  const legDelay = random.between(1, 2) * 1000;
  const secondConnects = secondLeg && outcome.connects;
  return {
    originateTime: originateMs,
    ringTime: outcome.rings ? ring : null,
    startTime: outcome.connects ? start : null,
    endTime: outcome.connects ? end : null,
    bOriginateTime: secondLeg ? originateMs + legDelay : null,
    bRingTime: secondLeg && outcome.rings ? ring + legDelay : null,
    bStartTime: secondConnects ? start : null,
    bEndTime: secondConnects ? end - 1000 : null,
    duration,
    bDuration: secondConnects ? duration - 1 : 0,
  };
}

function later(moment: number | null, seconds: number): number | null {
  return moment === null ? null : moment + seconds * 1000;
}

/** Returns the same course `seconds` later and, if the call was answered, `longer` seconds longer. */
export function moveCourse(course: CallCourse, seconds: number, longer: number): CallCourse {
  return {
    originateTime: later(course.originateTime, seconds),
    ringTime: later(course.ringTime, seconds),
    startTime: later(course.startTime, seconds),
    endTime: later(course.endTime, seconds + longer),
    bOriginateTime: later(course.bOriginateTime, seconds),
    bRingTime: later(course.bRingTime, seconds),
    bStartTime: later(course.bStartTime, seconds),
    bEndTime: later(course.bEndTime, seconds + longer),
    duration: course.startTime === null ? course.duration : course.duration + longer,
    bDuration: course.bStartTime === null ? course.bDuration : course.bDuration + longer,
  };
}
