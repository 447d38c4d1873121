// The vendor's words for how a call ended, as the codes that pushes have.

/** The words of the vendor's pages (`QueryAiCallDetailPage`, "smart_status_code"), with the codes that they explain. */
const CODES: ReadonlyMap<string, string> = new Map([
  ['用户接通', 'ANSWERED'],
  ['主叫取消', 'CANCEL'],
  ['拒接', 'CALL_REJECTED'],
  ['呼叫转移', 'CALL_FORWARDING'],
  ['呼转', 'CALL_FORWARDING'],
  ['限制呼入', 'INCOMING_CALL_BARRED'],
  ['空号', 'INVALID_NUMBER'],
  ['无应答', 'NO_ANSWER'],
  ['不在服务区', 'NO_USER_RESPONDING'],
  ['网络忙', 'NETWORK_BUSY'],
  ['运营商拦截', 'OPERATOR_BLOCK'],
  ['关机', 'POWERED_OFF'],
  ['停机', 'SUSPEND'],
  ['被叫忙', 'USER_BUSY'],
  ['暂时无法接通', 'UNAVAILABLE'],
  ['其他状态', 'OTHERS'],
  // The query API has another code for this than the pushes.
  ['NO_USER_RESPONSE', 'NO_USER_RESPONDING'],
]);

const HANGUP_DIRECTIONS: ReadonlyMap<string, string> = new Map([
  ['0', 'User'],
  ['1', 'Machine'],
]);

/**
 * The `smartStatusCode` for a `CallResult`. A word that the vendor's pages do not have stays as it came, like a code
 * that no table lists.
 */
export function smartStatusCodeOf(callResult: string | null): string | null {
  return callResult === null ? null : (CODES.get(callResult) ?? callResult);
}

/** The `hangupDirection` of pushes for a `HangupDirection`. */
export function hangupDirectionOf(direction: string | null): string | null {
  return direction === null ? null : (HANGUP_DIRECTIONS.get(direction) ?? direction);
}
