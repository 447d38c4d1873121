// Reasons that the API gives in English, in Chinese. The API's own texts are what is looked for; others stay as they are.

/** The whole reason, or what stands behind the name of a field. `$1` is what the reason names. */
const REASONS: readonly (readonly [pattern: RegExp, text: string])[] = [
  [
    /^The callId is missing, but there is a call_id.*$/,
    '缺少 callId，但有 call_id：可能是供应商其他产品的消息，请检查该产品的推送地址',
  ],
  [/^The callId is missing$/, '缺少 callId'],
  [/^The callId (.+)$/, 'callId $1'],
  [/^The record is not an object$/, '记录不是对象'],
  [/^The body is not JSON: (.+)$/, '推送内容不是 JSON：$1'],
  [/^unexpected character$/, '有不符合语法的字符'],
  [/^it ends too early$/, '内容过早结束'],
  [/^The body is not (.+), though its header says so$/, '推送内容不是请求头所声明的 $1'],
  [/^The body holds more than (.+) values$/, '推送内容的值超过 $1 个'],
  [/^The body holds more than (.+) levels$/, '推送内容的嵌套超过 $1 层'],
  [/^The body holds an object of more than (.+) fields$/, '推送内容中有超过 $1 个字段的对象'],
  [/^The delivery could not be written: (.+)$/, '推送无法写入：$1'],
  [/^The push could not be taken$/, '推送无法接收'],
  [
    /^(\d+) more records could not be read and are kept as one array\. The first one: (.+)$/,
    '另有 $1 条记录无法读取，已作为一个数组保存。第一条：$2',
  ],
  [/^is missing$/, '缺失'],
  [/^is empty$/, '为空'],
  [/^is longer than (\d+) bytes$/, '超过 $1 字节'],
  [/^contains a NUL character$/, '含有 NUL 字符'],
  [/^contains half of a surrogate pair$/, '含有不完整的字符'],
  [/^is not text$/, '不是文本'],
  [/^is not an object$/, '不是对象'],
  [/^is not a date and time of the calendar$/, '不是有效的日期和时间'],
  [/^is ISO 8601 without an offset$/, '是没有时区偏移的 ISO 8601 时间'],
  [/^is nested deeper than (\d+) levels$/, '嵌套超过 $1 层'],
  [/^holds more than (.+) values$/, '值超过 $1 个'],
  [/^holds (\d+) fields beyond (\d+), kept as JSON text$/, '字段超过 $2 个，多出的 $1 个以 JSON 文本保存'],
  [/^is a number too long to keep as one$/, '数字过长，无法作为数字保存'],
];

export function reasonInChinese(reason: string): string {
  for (const [pattern, text] of REASONS) {
    const found = pattern.exec(reason);
    // A reason may name another one.
    if (found !== null)
      return text.replaceAll(/\$(\d)/g, (_place, n: string) => reasonInChinese(found[Number(n)] ?? ''));
  }
  return reason;
}
