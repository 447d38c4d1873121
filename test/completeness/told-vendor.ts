// A vendor that knows what a test tells it. It is not the simulator: its answers are written from the vendor's
// documentation once more, and its server checks each signature with code of its own.
import type { VendorAccess } from '../../src/config/settings.js';
import { type Reply, type VendorCall, VendorStandIn } from '../vendor-api/stand-in.js';

/** An entry of a task with its last call. */
export interface ToldEntry {
  readonly detailId: string;
  /** What the answer for one call has. */
  readonly callId: string | null;
  /** Whether the list has the callId, too. */
  readonly isListed?: boolean;
  readonly outId?: string | null;
  readonly number?: string;
  readonly encryptionType?: number;
  /** Epoch milliseconds; null: never dialled. */
  readonly callingTime?: number | null;
  /** 4 ended, 5 failed, all others under way. */
  readonly status?: number;
}

export interface ToldTask {
  readonly taskId: string;
  readonly totalCallCount?: number | null;
  readonly callingCount?: number;
  readonly entries: readonly ToldEntry[];
}

const AT = Date.parse('2025-06-01T02:00:00Z');
const FAILED = '2';

export class ToldVendor {
  tasks: ToldTask[] = [];
  /** Answers some calls otherwise. */
  instead: (call: VendorCall) => Reply | undefined = () => undefined;
  private readonly standIn: Promise<VendorStandIn>;

  private constructor() {
    this.standIn = VendorStandIn.listening((call) => this.instead(call) ?? this.answer(call));
  }

  static async listening(): Promise<ToldVendor & { server: VendorStandIn }> {
    const vendor = new ToldVendor();
    return Object.assign(vendor, { server: await vendor.standIn });
  }

  static settingsOf({ accessKeyId, accessKeySecret, endpoint }: VendorAccess): Record<string, string> {
    return {
      ALIYUN_ACCESS_KEY_ID: accessKeyId,
      ALIYUN_ACCESS_KEY_SECRET: accessKeySecret,
      ALIYUN_ENDPOINT: endpoint,
      COMPLETENESS_SOURCE: 'vendor',
      COMPLETENESS_RATE: '1000',
      COMPLETENESS_INTERVAL: 'off',
    };
  }

  private answer({ action, parameters }: VendorCall): Reply {
    const { TaskId: taskId } = parameters;
    const task = this.tasks.find((each) => each.taskId === taskId);
    if (action === 'QueryAiCallTaskPage')
      return page(taskId === undefined ? this.tasks : task === undefined ? [] : [task], taskRow);
    if (task === undefined) return refusal('isv.TASK_NOT_EXIST');
    if (action === 'QueryAiCallDetailPage') {
      const isFailed = parameters['Status'] === FAILED;
      return page(
        task.entries.filter(({ status = 5 }) => (status === 5) === isFailed),
        (entry) => detailRow(task, entry),
      );
    }
    const { CallId: callId, DetailId: detailId } = parameters;
    const entry = task.entries.find((each) =>
      callId === undefined ? each.detailId === detailId : each.callId === callId,
    );
    return { data: entry === undefined ? null : conversation(task, entry) };
  }
}

export function refusal(Code: string, Message = 'made up'): Reply {
  return { text: JSON.stringify({ RequestId: 'R', Code, Message, Success: false }) };
}

function page<T>(all: readonly T[], row: (one: T) => object): Reply {
  return { data: { Total: all.length, PageNo: 1, PageSize: all.length, List: all.map(row) } };
}

function taskRow({ taskId, totalCallCount, callingCount = 0, entries }: ToldTask): object {
  return {
    TaskId: taskId,
    Status: callingCount > 0 ? 1 : 2,
    ...(totalCallCount === null ? {} : { TotalCallCount: totalCallCount ?? entries.length }),
    CallingCount: callingCount,
    TotalCount: entries.length,
  };
}

function detailRow({ taskId }: ToldTask, entry: ToldEntry): object {
  const { detailId, callId, isListed = true, number = '13900000001', callingTime = AT } = entry;
  return {
    TaskId: taskId,
    DetailId: detailId,
    ...(isListed ? { CallId: callId } : {}),
    OutId: entry.outId ?? null,
    CalledNumber: number,
    CallResult: 'NO_ANSWER',
    CallingTime: callingTime,
    ConversationDuration: 0,
    Status: entry.status ?? 5,
    EncryptionType: entry.encryptionType ?? 0,
  };
}

/** The answer for one call. */
export function conversation({ taskId }: ToldTask, entry: ToldEntry): object {
  const { detailId, callId, number = '13900000001', callingTime = AT } = entry;
  return {
    TaskId: taskId,
    DetailId: detailId,
    ...(callId === null ? {} : { CallId: callId }),
    OutId: entry.outId ?? null,
    CallerPhone: '057100000000',
    CalledPhone: number,
    CallResult: 'NO_ANSWER',
    StatusCode: '200002',
    StartCallTime: callingTime,
    ReleaseTime: (callingTime ?? 0) + 20_000,
    Duration: 0,
    HangupDirection: '1',
    EncryptionType: entry.encryptionType ?? 0,
  };
}
