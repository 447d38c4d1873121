// A text that is not JSON in, the place where it stops to be JSON out.

const WHITE_SPACE = /[ \t\n\r]*/y;
const NUMBER_OR_NAME = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

/**
 * Where JSON ends in a text: the position (UTF-16 units) of the first character that can't stand there, or the text's
 * end when more must follow.
 *
 * `JSON.parse` says that something is wrong, but often not where. Parsers that do say it build the value too, which takes
 * forty times the text's size for a long string, or recurse, and give up at some thousand levels.
 */
export function jsonEndsAt(text: string): number {
  return new SyntaxScan(text).run();
}

/** What may stand at a place. */
type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'comma or end' | 'nothing';

class SyntaxScan {
  private position = 0;
  private expected: Expected = 'value';
  /** The objects and arrays that are open, as the characters that close them. */
  private readonly open: ('}' | ']')[] = [];

  constructor(private readonly text: string) {}

  run(): number {
    do this.skip(WHITE_SPACE);
    while (this.position < this.text.length && this.step(this.text.charAt(this.position)));
    return this.position;
  }

  /** Goes over one token. False when it can't stand here; then the position is where it is wrong. */
  private step(character: string): boolean {
    if (character === this.open.at(-1) && this.expected.endsWith('or end')) return this.close();
    if (this.expected === 'comma or end') return this.comma(character);
    if (this.expected.startsWith('key')) return character === '"' && this.key();
    return this.expected !== 'nothing' && this.value(character);
  }

  private close(): boolean {
    this.open.pop();
    this.position += 1;
    return this.valueEnds();
  }

  private comma(character: string): boolean {
    if (character !== ',') return false;
    this.position += 1;
    this.expected = this.open.at(-1) === '}' ? 'key' : 'value';
    return true;
  }

  private key(): boolean {
    if (!this.string()) return false;
    this.skip(WHITE_SPACE);
    if (this.text[this.position] !== ':') return false;
    this.position += 1;
    this.expected = 'value';
    return true;
  }

  private value(character: string): boolean {
    if (character === '{' || character === '[') {
      this.position += 1;
      this.open.push(character === '{' ? '}' : ']');
      this.expected = character === '{' ? 'key or end' : 'value or end';
      return true;
    }
    return (character === '"' ? this.string() : this.skip(NUMBER_OR_NAME)) && this.valueEnds();
  }

  private valueEnds(): boolean {
    this.expected = this.open.length === 0 ? 'nothing' : 'comma or end';
    return true;
  }

  private string(): boolean {
    for (this.position += 1; this.position < this.text.length;) {
      const code = this.text.charCodeAt(this.position);
      if (code === QUOTE) {
        this.position += 1;
        return true;
      }
      if (code < FIRST_PRINTABLE || (code === BACKSLASH && !this.skip(ESCAPE))) return false;
      if (code !== BACKSLASH) this.position += 1;
    }
    return false;
  }

  /** Goes over what the expression matches here. False when it matches nothing. */
  private skip(expression: RegExp): boolean {
    expression.lastIndex = this.position;
    const matches = expression.test(this.text);
    if (matches) this.position = expression.lastIndex;
    return matches;
  }
}
