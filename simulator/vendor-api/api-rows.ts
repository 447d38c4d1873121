// The rows of the query API, with the vendor's field names.
import type { CallFacts, Json } from '../records/call-facts.js';
import type { CallFactory } from '../records/call-factory.js';
import { MessageFactory } from '../records/message-factory.js';
import { Purpose } from '../records/random.js';
import type { ApiFaults } from './api-faults.js';
import type { TaskCounts, VendorEntry } from './vendor-calls.js';

export type Row = Readonly<Record<string, Json>>;

/** The words of the vendor's pages for the results of calls. */
const CHINESE_RESULTS: Readonly<Record<string, string>> = {
  ANSWERED: '用户接通',
  CANCEL: '主叫取消',
  CALL_REJECTED: '拒接',
  CALL_FORWARDING: '呼叫转移',
  INCOMING_CALL_BARRED: '限制呼入',
  INVALID_NUMBER: '空号',
  NO_ANSWER: '无应答',
  NO_USER_RESPONDING: '不在服务区',
  NETWORK_BUSY: '网络忙',
  OPERATOR_BLOCK: '运营商拦截',
  POWERED_OFF: '关机',
  SUSPEND: '停机',
  USER_BUSY: '被叫忙',
  UNAVAILABLE: '暂时无法接通',
  OTHERS: '其他状态',
};
/** The share of the entries that are listed without `CallId`, but have it in the answer for one call. */
const NAMED_SHARE = 0.5;
const HOUR_MS = 3_600_000;
/** The final statuses of an entry. */
export const ENDED = 4;
export const FAILED = 5;

/** Makes the rows of a run's tasks, entries and calls. */
export class ApiRows {
  private readonly messages: MessageFactory;

  constructor(
    private readonly factory: CallFactory,
    private readonly faults: ApiFaults,
  ) {
    this.messages = new MessageFactory(factory);
  }

  /** @param running whether the vendor still makes calls */
  task({ task, calls, callsToday, entries }: TaskCounts, running: boolean): Row {
    const ended = entries.filter(({ isConnected }) => isConnected).length;
    return {
      TaskId: this.factory.ids.taskId(task),
      TaskName: `Simulated ${task}`,
      Status: running ? 1 : 2,
      StartFailedReason: null,
      TotalCallCount: calls,
      DayCallCount: callsToday,
      TotalCount: entries.length,
      SucceedCount: ended,
      FailedCount: entries.length - ended,
      CallingCount: running ? 1 : 0,
      CompleteRate: running ? '99.00%' : '100.00%',
    };
  }

  detail(entry: VendorEntry): Row {
    const { detail, call } = entry;
    const facts = this.factory.facts(call, 0);
    const { isListed, isChinese } = this.formOf(detail);
    return {
      TaskId: facts.taskId,
      BatchId: batchIdOf(facts),
      DetailId: facts.detailId,
      ...(isListed ? { CallId: facts.callId } : {}),
      OutId: facts.outId,
      CalledNumber: facts.callee,
      CallResult: resultOf(facts, isChinese),
      CallingTime: facts.originateTime,
      ConversationDuration: facts.duration,
      ConversationTurnCount: 0,
      ConversationRecord: '',
      Status: statusOf(entry),
      FailedReason: null,
      ImportedTime: facts.originateTime === null ? null : facts.originateTime - HOUR_MS,
      MajorIntent: null,
      EncryptionType: 0,
    };
  }

  conversation(call: number): Row {
    const facts = this.factory.facts(call, 0);
    const isMachine = facts.hangupDirection === 'Machine' || facts.hangupDirection === '机器';
    const { isNamed } = this.formOf(this.factory.detailOf(call));
    return {
      TaskId: facts.taskId,
      BatchId: batchIdOf(facts),
      DetailId: facts.detailId,
      ...(isNamed ? { CallId: facts.callId } : {}),
      OutId: facts.outId,
      CallerPhone: facts.caller,
      CalledPhone: facts.callee,
      CallResult: resultOf(facts, false),
      StatusCode: facts.statusCode,
      StatusMsg: facts.statusMsg,
      StartCallTime: facts.originateTime,
      PickUpTime: facts.startTime,
      ReleaseTime: facts.endTime,
      Duration: facts.duration,
      HangupDirection: facts.hangupDirection === null ? null : isMachine ? '1' : '0',
      Status: statusOf({ isConnected: facts.startTime !== null }),
      ...this.conversationFields(call),
      Variables: [],
      RecordingFileDownloadUrl: null,
      EncryptionType: 0,
    };
  }

  /** The note of a call, if notes are pushed. The recordings have no URL here, because another server has them. */
  private conversationFields(call: number): Row {
    const { notes } = this.factory.options;
    if (notes !== true || !this.messages.hasConversation(call))
      return { MajorIntent: null, ConversationRecord: '', OutputTags: [] };
    const { majorIntent, outputTags, turns } = this.messages.conversation(call);
    return {
      MajorIntent: majorIntent,
      ConversationRecord: JSON.stringify(turns),
      OutputTags: Object.entries(outputTags).map(([name, value], index) => ({
        Id: index + 1,
        OutputTagName: name,
        OutputTagDescription: '',
        OutputTagValue: value,
      })),
    };
  }

  /** The faults of an entry. They are the same in all answers. */
  private formOf(detail: number) {
    const random = this.factory.streams.stream(Purpose.ApiEntry, detail);
    const isListed = !random.chance(this.faults.noCallId);
    return {
      /** Whether the list has the id of the call. */
      isListed,
      /** Whether the answer for one call has it. */
      isNamed: isListed || random.chance(NAMED_SHARE),
      isChinese: random.chance(this.faults.chinese),
    };
  }
}

export function statusOf({ isConnected }: Pick<VendorEntry, 'isConnected'>): number {
  return isConnected ? ENDED : FAILED;
}

/** The query API has other batch ids than the pushes. */
function batchIdOf({ batchId }: CallFacts): string {
  return `1183${batchId.slice(1)}`;
}

function resultOf({ smartStatusCode }: CallFacts, isChinese: boolean): string {
  if (isChinese) return CHINESE_RESULTS[smartStatusCode] ?? smartStatusCode;
  return smartStatusCode === 'NO_USER_RESPONDING' ? 'NO_USER_RESPONSE' : smartStatusCode;
}
