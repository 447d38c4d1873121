import { type ApiRows, ENDED, FAILED, type Row, statusOf } from './api-rows.js';
import type { TaskCounts, VendorCalls } from './vendor-calls.js';

/** Parameters of a request by name. */
export type Parameters = ReadonlyMap<string, string>;

/** The vendor refuses the request: HTTP 200 with `Success: false`. */
export class ApiRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

type Operation = (parameters: Parameters) => Row | null;

const DEFAULT_PAGE_SIZE = 10;
/** The `Status` of a request, by the final status of an entry. */
const STATUSES = new Map([
  ['1', ENDED],
  ['2', FAILED],
]);

/** The operations of the query API that the ledger uses, with the parameters that it uses. */
export class ApiOperations {
  /** Whether the vendor still makes calls. */
  isRunning = true;
  private readonly operations = new Map<string, { parameters: readonly string[]; run: Operation }>([
    [
      'QueryAiCallTaskPage',
      { parameters: ['TaskId', 'PageNo', 'PageSize'], run: (parameters) => this.tasks(parameters) },
    ],
    [
      'QueryAiCallDetailPage',
      {
        parameters: [
          'TaskId',
          'Status',
          'StartCallingTime',
          'EndCallingTime',
          'DetailIds',
          'PageNo',
          'PageSize',
        ],
        run: (parameters) => this.details(parameters),
      },
    ],
    [
      'QueryConversationDetailInfoNew',
      { parameters: ['TaskId', 'DetailId', 'CallId'], run: (parameters) => this.conversation(parameters) },
    ],
  ]);

  constructor(
    private readonly calls: VendorCalls,
    private readonly rows: ApiRows,
    private readonly pageLimit: number,
  ) {}

  /**
   * @returns the answer's `Data`
   * @throws ApiRefusal
   */
  answer(action: string, parameters: Parameters): Row | null {
    const operation = this.operations.get(action);
    if (operation === undefined) throw new ApiRefusal('InvalidAction.NotFound', `no operation ${action}`);
    const unknown = [...parameters.keys()].find((name) => !operation.parameters.includes(name));
    // A filter that is ignored would look like one that finds everything.
    if (unknown !== undefined)
      throw new ApiRefusal('InvalidParameter', `${unknown} is not simulated for ${action}`);
    return operation.run(parameters);
  }

  private tasks(parameters: Parameters): Row {
    const taskId = parameters.get('TaskId');
    const one = taskId === undefined ? undefined : this.calls.ofTask(taskId);
    const found = taskId === undefined ? this.calls.all : one === undefined ? [] : [one];
    return this.page(found, parameters, (task) => this.rows.task(task, this.isRunning));
  }

  private details(parameters: Parameters): Row {
    const task = this.taskOf(parameters);
    const status = STATUSES.get(required(parameters, 'Status'));
    const [from, to] = [
      timeOf(parameters, 'StartCallingTime', -Infinity),
      timeOf(parameters, 'EndCallingTime', Infinity),
    ];
    const ids = parameters
      .get('DetailIds')
      ?.replaceAll(/[[\]\s"]/g, '')
      .split(',');
    const entries =
      ids === undefined ? task.entries : ids.flatMap((id) => this.calls.entryOf(task, id) ?? []);
    const found = entries.filter((entry) => {
      const at = entry.callingTime ?? 0;
      return statusOf(entry) === status && at >= from && at <= to;
    });
    return this.page(found, parameters, (entry) => this.rows.detail(entry));
  }

  private conversation(parameters: Parameters): Row | null {
    const task = this.taskOf(parameters);
    const callId = parameters.get('CallId');
    const call =
      callId === undefined
        ? this.calls.entryOf(task, required(parameters, 'DetailId'))?.call
        : this.calls.callOf(task, callId);
    return call === undefined ? null : this.rows.conversation(call);
  }

  private taskOf(parameters: Parameters): TaskCounts {
    const task = this.calls.ofTask(required(parameters, 'TaskId'));
    if (task === undefined) throw new ApiRefusal('isv.TASK_NOT_EXIST', 'the task does not exist');
    return task;
  }

  /** Pages are counted in the size that is granted. */
  private page<T>(all: readonly T[], parameters: Parameters, rowOf: (entry: T) => Row): Row {
    const asked = Number(parameters.get('PageSize') ?? DEFAULT_PAGE_SIZE);
    const pageNo = Number(parameters.get('PageNo') ?? 1);
    if (!(asked >= 1 && pageNo >= 1))
      throw new ApiRefusal('InvalidParameter', 'PageNo and PageSize begin at 1');
    const pageSize = Math.min(asked, this.pageLimit);
    const from = (pageNo - 1) * pageSize;
    const rows = all.slice(from, from + pageSize).map(rowOf);
    return { Total: all.length, PageNo: pageNo, PageSize: pageSize, List: rows };
  }
}

function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw new ApiRefusal(`Missing${name}`, `${name} is mandatory`);
  return value;
}

function timeOf(parameters: Parameters, name: string, fallback: number): number {
  const text = parameters.get(name);
  return text === undefined ? fallback : Number(text);
}
