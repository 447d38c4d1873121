// What the API refuses and why, in Chinese. All its problems have the same type, so its own texts are what is looked for;
// others stay as they are.

/** The whole text. `$1` is what the text names: a value, a name of the API, or another one of these texts. */
const PROBLEMS: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/^The request has (\d+) invalid parameters?$/, '请求中有 $1 个参数无效'],
  [
    /^This API key lacks the scope (.+), so its webhooks send masked numbers$/,
    '此密钥没有权限 $1，其 Webhook 只能发送脱敏号码',
  ],
  [
    /^This API key lacks the scope (.+)\. The body is not text, so its phone numbers cannot be masked\.$/,
    '此密钥没有权限 $1。内容不是文本，无法对号码脱敏。',
  ],
  [/^This API key lacks the scope (.+), and can't grant it$/, '此密钥没有权限 $1，不能授予他人'],
  [
    /^This API key lacks the scope (.+), and can't revoke a key that has it$/,
    '此密钥没有权限 $1，不能吊销拥有该权限的密钥',
  ],
  [/^This API key lacks the scope (.+)$/, '此密钥没有权限 $1'],
  [
    /^This API key is limited to sources\. It cannot use this operation, which covers all sources\.$/,
    '此密钥仅限部分来源，不能使用涉及所有来源的操作。',
  ],
  [
    /^This API key is limited to sources\. It can grant only these or some of them\.$/,
    '此密钥仅限部分来源，只能授予其中的来源。',
  ],
  [
    /^This API key is limited to sources\. It needs (.+), whose calls are compared with the vendor\.$/,
    '此密钥仅限部分来源，需要与供应商核对的来源 $1。',
  ],
  [
    /^This API key expires\. It cannot create a key that expires later or never\.$/,
    '此密钥有有效期，不能创建更晚到期或永不到期的密钥。',
  ],
  [
    /^This API key has searched too many phone numbers\. It may search (\d+) at once, and (\d+) more each second\.$/,
    '此密钥查询号码过于频繁：最多连续查询 $1 个，此后每秒 $2 个。',
  ],
  [
    /^This API key, with the keys that it made, may ask for (\d+) erasures a minute$/,
    '此密钥（含由其创建的密钥）每分钟最多申请 $1 次抹除',
  ],
  [/^Too many exports are running\. Try again later$/, '正在进行的导出过多，请稍后再试'],
  [/^Too many wrong API keys came from this address$/, '此地址多次使用错误的密钥'],
  [/^(\d+) checks and repairs wait already\. Ask again later$/, '已有 $1 项核对或补录在等待，请稍后再试'],
  [/^A large entry cannot be read now\. Try again later\.$/, '条目过大，暂时无法读取，请稍后再试。'],
  [/^An internal error occurred\..*$/, '服务内部出错，日志中可按请求 ID 查到详情'],
  [/^The entry has been replayed$/, '该条目已重放'],
  [/^The entry has been discarded$/, '该条目已丢弃'],
  [/^This task has not been checked$/, '该任务尚未核对'],
  [/^The file of the recording is not in the store$/, '存储中没有该录音文件'],
  [
    /^Another request to it is under way, or its secret can not be opened$/,
    '正在处理对它的另一个请求，或其密钥无法打开',
  ],
  [/^There is no task with this taskId$/, '没有此 taskId 的任务'],
  [/^There is no batch with this batchId in this task$/, '该任务中没有此 batchId 的批次'],
  [/^There is no call with this callId$/, '没有此 callId 的通话'],
  [/^There is no entry with this id in the quarantine$/, '隔离区中没有此 ID 的条目'],
  [/^There is no delivery with this id$/, '没有此 ID 的推送'],
  [/^There is no (.+) with this (id|name)$/, '没有此 $2 的 $1'],
  [/^must say which entries: (.+)$/, '需要指明条目：$1'],
  [/^must be a whole number from (-?\d+) to (\d+)$/, '须为 $1 到 $2 的整数'],
  [/^must be true or false$/, '须为 true 或 false'],
  [/^must be text$/, '须为文本'],
  [/^must be given once, as text$/, '须为文本，且只给出一次'],
  [/^must be an? (?:array|object).*$/, '格式不正确'],
  [/^must be (?:one of|one or more of) (.+)$/, '须为以下值：$1'],
  [/^must have at most (\d+) characters$/, '最多 $1 个字符'],
  [/^must have (\d+) to (\d+) characters$/, '须为 $1 到 $2 个字符'],
  [/^must have at (?:most|least) (\d+) values?$/, '值的数量不正确：$1'],
  [/^must not contain the same value twice$/, '不能有重复的值'],
  [/^must not contain a NUL character$/, '不能含有 NUL 字符'],
  [/^must not contain a NUL character or a phone number$/, '不能含有 NUL 字符或电话号码'],
  [/^must be one line, without a phone number$/, '须为一行，且不含电话号码'],
  [/^must be (\d+) to (\d+) digits$/, '须为 $1 到 $2 位数字'],
  [/^must be exactly (\d+) digits(.*)$/, '须为恰好 $1 位数字$2'],
  [/^ without the scope (.+)$/, '（没有权限 $1 时）'],
  [/^cannot be combined with (.+) without the scope (.+)$/, '没有权限 $2 时，不能与 $1 同时使用'],
  [
    /^must be ISO 8601 with an offset such as (.+), or a date such as (.+)$/,
    '须为带时区偏移的 ISO 8601 时间（如 $1）或日期（如 $2）',
  ],
  [/^must be UTC or an IANA time zone of the form (.+) such as (.+?);.*$/, '须为 UTC 或 IANA 时区，如 $2'],
  [/^must be ids? of .+$/, '须为有效的 ID'],
  [/^must be names of sources$/, '须为来源名称'],
  [/^must be in the future$/, '须为将来的时间'],
  [/^must be a URL such as (.+)$/, '须为网址，如 $1'],
  [
    /^must be 1 to 64 of the characters a-z, 0-9, dot, underscore and dash$/,
    '须为 1 到 64 个字符：a-z、0-9、点、下划线、短横线',
  ],
  [/^must give a reason, not only spaces$/, '须填写原因，不能只有空格'],
  [/^must be after (.+?)(?: with compare)?$/, '须晚于 $1'],
  [/^must be on a minute .+$/, '须为整分钟'],
  [/^is needed .+$/, '此项必填'],
  [/^is not a parameter of this request$/, '不是此请求的参数'],
  [/^must be a telephone number of (\d+) to (\d+) digits$/, '须为 $1 到 $2 位的电话号码'],
  [/^is not a phone number$/, '不是电话号码'],
  [/^is not a cursor.*$/, '翻页位置无效，请从第一页重新开始'],
  [/^cursor is of another list or of another order$/, '翻页位置属于另一个列表，请从第一页重新开始'],
  [
    /^is (\S+), which is not on a quarter-hour of UTC; the nearest are (\S+) and (\S+)$/,
    '$1 不在整刻钟上，最近的是 $2 和 $3',
  ],
  [/^must be on a quarter-hour of UTC.*$/, '须为整刻钟'],
  [
    /^(\S+) divides the range into more than (\d+) parts: .*$/,
    '按 $1 划分超过 $2 段：请缩短时段，或选用更长的间隔',
  ],
  [/^(\S+) allows at most (\d+) hours from .*$/, '$1 最多可用于 $2 小时的时段'],
  [/^splits the sums into more than (\d+) rows: .*$/, '结果超过 $1 行：请减少分组字段、缩短时段或增加筛选'],
  [/^caller and realCaller allow at most (\d+) days from .*$/, '主叫号码与外显号码最多可按 $1 天的时段统计'],
  [/^local is for tables only: .*$/, '本地时间仅用于表格'],
];

/** @returns undefined where there is no text in Chinese */
export function problemInChinese(problem: string): string | undefined {
  for (const [pattern, text] of PROBLEMS) {
    const found = pattern.exec(problem);
    if (found === null) continue;
    // A text may have another one in it.
    return text.replaceAll(/\$(\d)/g, (_place, n: string) => {
      const part = found[Number(n)] ?? '';
      return problemInChinese(part) ?? part;
    });
  }
  return undefined;
}
