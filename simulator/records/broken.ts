/**
 * Makes a record, as JSON text, that can't be read as a call: it is not an object, or has no `callId`. Each one
 * contains the run's digits and the record's number, so that it can be found in the quarantine.
 */
export function brokenRecord(run: string, number: number): string {
  const kinds = [
    `{"taskId":"broken-${run}-${number}","statusCode":"200000","duration":12}`,
    `{"callId":null,"outId":"broken-${run}-${number}"}`,
    `{"callId":"","outId":"broken-${run}-${number}"}`,
    `"broken-${run}-${number}"`,
    `["broken-${run}-${number}"]`,
    `${run}${number}`,
  ];
  return kinds[number % kinds.length] ?? '';
}

/** "正常" in GBK, which is not UTF-8. */
const GBK = Buffer.from([0xd5, 0xfd, 0xb3, 0xa3]);

/**
 * Makes a body that can't be read as a push: it is not JSON, is cut off in the middle, is not UTF-8, or is neither
 * an array nor an object. `record` is the JSON text of a call. The ledger must not store this call from any of
 * these bodies.
 */
export function brokenBody(run: string, number: number, record: string): Buffer {
  const mark = `broken-body-${run}-${number}`;
  switch (number % 4) {
    case 0:
      return Buffer.from(`<html><title>${mark}</title></html>`);
    case 1:
      return Buffer.from(`["${mark}",${record},${record.slice(0, record.length >> 1)}`);
    case 2:
      return Buffer.concat([
        Buffer.from(`["${mark}",${record.slice(0, -1)},"remark":"`),
        GBK,
        Buffer.from('"}]'),
      ]);
    default:
      return Buffer.from(`"${mark}"`);
  }
}
