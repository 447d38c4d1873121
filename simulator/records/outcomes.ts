import type { Random } from './random.js';

/** How a call can end: codes from the vendor's tables, and texts in both of the vendor's languages. */
export interface Outcome {
  readonly smartStatusCode: string;
  readonly statusCodes: readonly string[];
  readonly english: string;
  readonly chinese: string;
  /** The callee's phone rang. */
  readonly rings: boolean;
  /** A person or a voicemail answered the call. */
  readonly connects: boolean;
  /** Share among the calls that were not answered, in per mille. */
  readonly weight: number;
}

function outcome(
  smartStatusCode: string,
  statusCodes: readonly string[],
  [english, chinese]: readonly [string, string],
  way: 'connects' | 'rings' | 'silent',
  weight: number,
): Outcome {
  return {
    smartStatusCode,
    statusCodes,
    english,
    chinese,
    rings: way !== 'silent',
    connects: way === 'connects',
    weight,
  };
}

export const ANSWERED = outcome(
  'ANSWERED',
  ['200000', '200001', '200100'],
  ['Call ended normally', '通话正常结束'],
  'connects',
  0,
);

const UNANSWERED: readonly Outcome[] = [
  outcome('NO_ANSWER', ['200003', '200113'], ['No answer', '无人接听'], 'rings', 380),
  outcome('USER_BUSY', ['200002', '200112'], ['User busy', '用户忙'], 'silent', 160),
  outcome('POWERED_OFF', ['200010'], ['Powered off', '关机'], 'silent', 140),
  outcome('CALL_REJECTED', ['200111'], ['Call rejected', '用户拒接'], 'rings', 90),
  outcome('INTELLIGENT_ANSWER', ['200100'], ['Voicemail answered', '语音信箱应答'], 'connects', 70),
  outcome('UNAVAILABLE', ['200005'], ['Temporarily unreachable', '暂时无法接通'], 'silent', 60),
  outcome('INVALID_NUMBER', ['200004', '200116'], ['Nonexistent number', '空号'], 'silent', 40),
  outcome('NO_USER_RESPONDING', ['200007', '200120'], ['Out of service area', '不在服务区'], 'silent', 20),
  outcome('SUSPEND', ['200011'], ['Service suspended', '停机'], 'silent', 15),
  outcome('NETWORK_BUSY', ['400'], ['Network busy', '网络忙'], 'silent', 8),
  outcome('OPERATOR_BLOCK', ['200118', '200119'], ['Blocked by carrier', '运营商拦截'], 'silent', 6),
  outcome('INCOMING_CALL_BARRED', ['200105'], ['Incoming calls barred', '呼入限制'], 'silent', 4),
  outcome('CALL_FORWARDING', ['200012'], ['Forwarded', '呼叫转移'], 'rings', 3),
  outcome('CANCEL', ['200101'], ['Cancelled by caller', '主叫取消'], 'silent', 2),
  outcome('OTHERS', ['999999'], ['Other', '其他'], 'silent', 2),
];

/** Calls with these outcomes are called again. */
const REDIALLED = UNANSWERED.filter(({ smartStatusCode }) =>
  ['NO_ANSWER', 'USER_BUSY', 'POWERED_OFF', 'UNAVAILABLE', 'NO_USER_RESPONDING'].includes(smartStatusCode),
);

const CODES_IN_NO_TABLE: readonly Outcome[] = [
  outcome('CALLEE_ASLEEP', ['200777'], ['Callee asleep', '用户休眠'], 'rings', 1),
  outcome('ANSWERED', ['299001'], ['New kind of ending', '新的结束方式'], 'connects', 1),
  outcome('SATELLITE_LOST', ['SIP-699'], ['Satellite lost', '卫星失联'], 'silent', 1),
];

function weighted(random: Random, outcomes: readonly Outcome[]): Outcome {
  const all = outcomes.reduce((sum, each) => sum + each.weight, 0);
  let left = random.fraction() * all;
  for (const each of outcomes) {
    left -= each.weight;
    if (left < 0) return each;
  }
  return random.pick(outcomes);
}

/** Draws how a call ended: answered with the given share, and otherwise by the weights. */
export function drawOutcome(random: Random, answerShare: number, redialled: boolean): Outcome {
  if (redialled) return weighted(random, REDIALLED);
  return random.chance(answerShare) ? ANSWERED : weighted(random, UNANSWERED);
}

/** An outcome whose codes are in no table of the vendor. */
export function drawUnknownOutcome(random: Random): Outcome {
  return random.pick(CODES_IN_NO_TABLE);
}
