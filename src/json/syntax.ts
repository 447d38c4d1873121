// Says where a text stops to be JSON. `JSON.parse` knows that something is wrong, but often not where.
import {
  afterBlanks,
  BARE,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  END,
  JsonScanner,
  OPEN_ARRAY,
  OPEN_OBJECT,
  STRING,
} from './scanner.js';

export interface SyntaxProblem {
  /** The first character that can't stand there (UTF-16 units), or the text's end. */
  readonly at: number;
  readonly reason: 'unexpected character' | 'it ends too early';
}

/** What may stand at a place. */
type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'comma or end' | 'nothing';

const NUMBER_OR_NAME = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

/**
 * Parsers that say where a text is wrong build its value too, which takes forty times the text's size for a long string, or
 * recurse, and give up at some thousand levels.
 *
 * @returns undefined when the text is JSON
 */
export function syntaxProblemOf(text: string): SyntaxProblem | undefined {
  const at = new SyntaxScan(text).run();
  if (at === undefined) return undefined;
  return { at, reason: at < text.length ? 'unexpected character' : 'it ends too early' };
}

class SyntaxScan {
  private readonly scanner: JsonScanner;
  private expected: Expected = 'value';
  /** The objects and arrays that are open, as the tokens that close them. */
  private readonly open: number[] = [];

  constructor(private readonly text: string) {
    this.scanner = new JsonScanner(text);
  }

  run(): number | undefined {
    for (;;) {
      const kind = this.scanner.next();
      if (kind === END && this.expected === 'nothing') return undefined;
      const wrong = this.problemAt(kind);
      if (wrong !== undefined) return wrong;
    }
  }

  /** Takes the scanner's  Returns where it is wrong; undefined when it may stand there. */
  private problemAt(kind: number): number | undefined {
    const { expected, scanner } = this;
    if (kind === this.open.at(-1) && expected.endsWith('or end')) {
      this.open.pop();
      return this.valueEnds();
    }
    if (expected === 'comma or end' && kind === COMMA) {
      this.expected = this.open.at(-1) === CLOSE_OBJECT ? 'key' : 'value';
      return undefined;
    }
    if (expected.startsWith('key') && kind === STRING) return this.key();
    return expected.startsWith('value') ? this.value(kind) : scanner.start;
  }

  private key(): number | undefined {
    const wrong = this.wrongInString();
    if (wrong !== undefined) return wrong;
    this.expected = 'value';
    return this.scanner.takeColon() ? undefined : afterBlanks(this.text, this.scanner.end);
  }

  private value(kind: number): number | undefined {
    switch (kind) {
      case OPEN_OBJECT:
        this.open.push(CLOSE_OBJECT);
        this.expected = 'key or end';
        return undefined;
      case OPEN_ARRAY:
        this.open.push(CLOSE_ARRAY);
        this.expected = 'value or end';
        return undefined;
      case STRING:
        return this.wrongInString() ?? this.valueEnds();
      case BARE:
        return this.wrongInBare() ?? this.valueEnds();
      default:
        return this.scanner.start;
    }
  }

  private valueEnds(): number | undefined {
    this.expected = this.open.length === 0 ? 'nothing' : 'comma or end';
    return undefined;
  }

  private wrongInBare(): number | undefined {
    const { start, end } = this.scanner;
    NUMBER_OR_NAME.lastIndex = start;
    if (!NUMBER_OR_NAME.test(this.text)) return start;
    const { lastIndex } = NUMBER_OR_NAME;
    return lastIndex === end ? undefined : afterBlanks(this.text, lastIndex);
  }

  private wrongInString(): number | undefined {
    const { text } = this;
    const { start, contentEnd } = this.scanner;
    for (let at = start + 1; at < contentEnd;) {
      const unit = text.charCodeAt(at);
      ESCAPE.lastIndex = at;
      if (unit < FIRST_PRINTABLE || (unit === BACKSLASH && !ESCAPE.test(text))) return at;
      at = unit === BACKSLASH ? ESCAPE.lastIndex : at + 1;
    }
    return contentEnd < text.length ? undefined : text.length;
  }
}
