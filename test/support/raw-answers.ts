// All that came on a connection in, the answers out.

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** @throws Error when the length of an answer is not what its headers say */
export function answersIn(received: string): RawAnswer[] {
  return received
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((answer) => answer !== '')
    .map(answerIn);
}

function answerIn(answer: string): RawAnswer {
  const [head = '', text = ''] = answer.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => headerIn(line)));
  const length = headers.get('content-length') ?? 'no length';
  if (length !== String(Buffer.byteLength(text))) throw new Error(`${length} bytes were told of: ${text}`);
  return { status: Number(first.split(' ')[1]), headers, text };
}

function headerIn(line: string): [name: string, value: string] {
  const at = line.indexOf(':');
  return [line.slice(0, at), line.slice(at + 1)];
}
