// What is read from the vendor's answers, and what is refused.
import { afterEach, describe, expect, it } from 'vitest';
import { VendorApi } from '../../src/vendor-api/vendor-api.js';
import { VendorApiError } from '../../src/vendor-api/vendor-api-error.js';
import type { VendorConversation } from '../../src/vendor-api/vendor-conversation.js';
import type { VendorDetail } from '../../src/vendor-api/vendor-detail.js';
import type { VendorTask } from '../../src/vendor-api/vendor-task.js';
import { VendorStandIn } from './stand-in.js';

let standIn: VendorStandIn | undefined;
afterEach(async () => {
  await standIn?.close();
  standIn = undefined;
});

const never = () => new AbortController().signal;

/** @param data JSON text, so that numbers may have more digits than JavaScript's */
async function apiWith(data: string): Promise<VendorApi> {
  standIn = await VendorStandIn.listening(() => ({
    text: `{"RequestId":"R","Code":"OK","Message":"OK","Success":true,"AccessDeniedDetail":"","Data":${data}}`,
  }));
  return new VendorApi(standIn.access, { requestsPerSecond: 10_000 });
}

async function taskFrom(row: string): Promise<VendorTask | undefined> {
  const api = await apiWith(`{"Total":1,"PageNo":1,"PageSize":10,"List":[${row}]}`);
  for await (const task of api.tasks(never())) return task;
  return undefined;
}

async function detailFrom(row: string): Promise<VendorDetail | undefined> {
  const api = await apiWith(`{"Total":1,"PageNo":1,"PageSize":10,"List":[${row}]}`);
  for await (const detail of api.details({ taskId: '1', status: 'completed' }, never())) return detail;
  return undefined;
}

async function conversationFrom(data: string): Promise<VendorConversation | undefined> {
  return (await apiWith(data)).conversation({ taskId: '1', callId: '2' }, never());
}

describe('A task', () => {
  it('has its counts', async () => {
    const row = `{"TaskId":"1181","TaskName":"试呼","AgentId":9,"Status":1,"TotalCallCount":1200,"DayCallCount":"34",
      "TotalCount":1000,"SucceedCount":700,"FailedCount":20,"CallingCount":2,"CreateTime":1756692000000,
      "StartTime":0,"CompleteRate":"95.89%"}`;
    expect(await taskFrom(row)).toEqual({
      taskId: '1181',
      taskName: '试呼',
      status: 'running',
      totalCallCount: 1200,
      dayCallCount: 34,
      callingCount: 2,
      totalCount: 1000,
      succeedCount: 700,
      failedCount: 20,
      createTime: 1_756_692_000_000,
      startTime: null,
      realStartTime: null,
    });
  });

  it.each([
    ['0', 'initial'],
    ['"2"', 'stopped'],
    ['3', 'failed'],
    ['"RUNNING"', 'running'],
    ['17', 'unknown'],
    ['null', 'unknown'],
  ])('with the status %s is %s', async (status, expected) => {
    expect(await taskFrom(`{"TaskId":"1","Status":${status}}`)).toMatchObject({ status: expected });
  });

  it('has no counts that the vendor does not say', async () => {
    const task = await taskFrom('{"TaskId":"1","TotalCallCount":null,"DayCallCount":""}');
    expect(task).toMatchObject({ totalCallCount: null, dayCallCount: null, callingCount: null });
  });
});

describe('A detail', () => {
  it('has what the vendor says of its last call', async () => {
    const row = `{"TaskId":"1181","BatchId":1183,"DetailId":"9662","CallId":"100001^100002","OutId":"CRM 1",
      "CalledNumber":"13900000001","CallResult":"NO_USER_RESPONSE","CallingTime":1756692000000,
      "ConversationDuration":31,"ConversationTurnCount":4,"ConversationRecord":"[]","Status":4,"FailedReason":"",
      "ImportedTime":"1756691000000","MajorIntent":"A","EncryptionType":0,"NewField":{"a":[1]}}`;
    expect(await detailFrom(row)).toEqual({
      detailId: '9662',
      callId: '100001^100002',
      outId: 'CRM 1',
      batchId: '1183',
      calledNumber: '13900000001',
      encryptionType: '0',
      smartStatusCode: 'NO_USER_RESPONDING',
      callingTime: 1_756_692_000_000,
      importedTime: 1_756_691_000_000,
      conversationDuration: 31,
      status: 4,
      failedReason: null,
      majorIntent: 'A',
      conversationRecord: '[]',
    });
  });

  it('keeps every digit of ids that are JSON numbers', async () => {
    const row = '{"DetailId":9007199254740993,"CallId":7123456789012345678,"OutId":12345678901234567890}';
    expect(await detailFrom(row)).toMatchObject({
      detailId: '9007199254740993',
      callId: '7123456789012345678',
      outId: '12345678901234567890',
    });
  });

  it('has no callId in older answers', async () => {
    expect(await detailFrom('{"DetailId":"1"}')).toMatchObject({ detailId: '1', callId: null, status: null });
  });

  it.each([
    ['用户接通', 'ANSWERED'],
    ['主叫取消', 'CANCEL'],
    ['拒接', 'CALL_REJECTED'],
    ['呼叫转移', 'CALL_FORWARDING'],
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
    ['USER_BUSY', 'USER_BUSY'],
    ['新的结果', '新的结果'],
    ['', null],
  ])('with the result %p has the code %p', async (result, code) => {
    const row = JSON.stringify({ DetailId: '1', CallResult: result });
    expect(await detailFrom(row)).toMatchObject({ smartStatusCode: code });
  });

  it('cannot be asked for by what is no number', async () => {
    const api = await apiWith('{"Total":0}');
    expect(() => api.details({ taskId: '1', status: 'failed', detailIds: ['1],[2'] }, never())).toThrow(
      'The vendor has no detail with the id "1],[2"',
    );
    expect(standIn?.calls).toEqual([]);
  });
});

describe('A conversation', () => {
  it('has the fields that a push would have', async () => {
    const data = `{"TaskId":"1181","BatchId":"B","DetailId":9662000000000000001,"CallId":"1^2","OutId":null,"CallerPhone":"057100000000",
      "CalledPhone":"13900000001","CallResult":"ANSWERED","StatusCode":200000,"StatusMsg":"ok","StartCallTime":1756692000000,
      "PickUpTime":1756692005000,"ReleaseTime":1756692036000,"Duration":31,"HangupDirection":"0","MajorIntent":"A",
      "ConversationRecord":"[]","OutputTags":[{"Id":1,"OutputTagName":"是否来店","OutputTagValue":["是"]}],
      "RecordingFileDownloadUrl":"http://store.example/1","EncryptionType":0,"Variables":[{"a":"b"}]}`;
    expect(await conversationFrom(data)).toEqual({
      taskId: '1181',
      detailId: '9662000000000000001',
      callId: '1^2',
      outId: null,
      callerPhone: '057100000000',
      calledPhone: '13900000001',
      encryptionType: '0',
      smartStatusCode: 'ANSWERED',
      statusCode: '200000',
      statusMsg: 'ok',
      startCallTime: 1_756_692_000_000,
      pickUpTime: 1_756_692_005_000,
      releaseTime: 1_756_692_036_000,
      duration: 31,
      hangupDirection: 'User',
      majorIntent: 'A',
      conversationRecord: '[]',
      outputTags: [{ name: '是否来店', value: ['是'] }],
      recordingUrl: 'http://store.example/1',
    });
  });

  it.each([
    ['1', 'Machine'],
    ['"1"', 'Machine'],
    ['"机器"', '机器'],
    ['null', null],
  ])('with the hangup direction %s has %p', async (direction, expected) => {
    const conversation = await conversationFrom(`{"HangupDirection":${direction}}`);
    expect(conversation).toMatchObject({ hangupDirection: expected, outputTags: [] });
  });
});

describe('An answer is refused with the place of the problem, and without its value,', () => {
  it.each([
    ['{"DetailId":"1","CallId":["13900000001"]}', 'Data.List[0].CallId is a list, not a text'],
    ['{"DetailId":"1","OutId":true}', 'Data.List[0].OutId is a boolean, not a text'],
    ['{"CallId":"13900000001"}', 'Data.List[0].DetailId is missing'],
    ['{"__proto__":{"DetailId":12345678901234567}}', 'Data.List[0].DetailId is missing'],
    [
      '{"DetailId":"1","CallingTime":1756692000}',
      'Data.List[0].CallingTime is a number of 10 characters, not a time in epoch milliseconds',
    ],
    [
      '{"DetailId":"1","CallingTime":"2025-09-01 10:00:00"}',
      'Data.List[0].CallingTime is a text of 19 characters, not a time in epoch milliseconds',
    ],
    [
      '{"DetailId":"1","ConversationDuration":-1}',
      'Data.List[0].ConversationDuration is a number of 2 characters, not a whole number',
    ],
    [
      '{"DetailId":"1","ConversationDuration":12345678901234567890}',
      'Data.List[0].ConversationDuration is a number of 20 characters, not a whole number',
    ],
    ['{"DetailId":"1"},"13900000001"', 'Data.List[1] is a text of 11 characters, not an object'],
  ])('%s', async (row, message) => {
    const api = await apiWith(`{"Total":2,"List":[${row}]}`);
    const work = async () => {
      for await (const { detailId } of api.details({ taskId: '1', status: 'failed' }, never()))
        expect(detailId).toBe('1');
    };
    await expect(work()).rejects.toThrow(
      new VendorApiError('unreadable', `QueryAiCallDetailPage: ${message}`),
    );
  });

  it.each([
    ['[]', 'Data is a list, not an object'],
    ['"13900000001"', 'Data is a text of 11 characters, not an object'],
    ['12345678901234567890', 'Data is a number of 20 characters, not an object'],
    ['{"Total":1,"List":{}}', 'Data.List is an object, not a list'],
    ['{"Total":"many","List":[]}', 'Data.Total is a text of 4 characters, not a whole number'],
  ])('%s', async (data, message) => {
    const api = await apiWith(data);
    await expect(api.tasks(never()).next()).rejects.toThrow(`QueryAiCallTaskPage: ${message}`);
  });
});
