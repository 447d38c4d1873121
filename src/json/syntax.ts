// Finds the place at which a text stops being valid JSON. `JSON.parse` often does not say where the error is.
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

/** The first error in a JSON text. */
export interface SyntaxProblem {
  /** The place of the first character that is not allowed there (in UTF-16 units), or the end of the text. */
  readonly at: number;
  readonly reason: 'unexpected character' | 'it ends too early';
}

/** What is allowed next. */
type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'comma or end' | 'nothing';

const NUMBER_OR_NAME = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

/**
 * Finds the first error in a JSON text. Other parsers that say where a text is wrong also build its value, which takes
 * forty times the text's size for a long string. Or they recurse, and fail at some thousand levels.
 *
 * @returns undefined when the text is valid JSON
 */
export function syntaxProblemOf(text: string): SyntaxProblem | undefined {
  const at = new SyntaxScan(text).run();
  if (at === undefined) return undefined;
  return { at, reason: at < text.length ? 'unexpected character' : 'it ends too early' };
}

class SyntaxScan {
  private readonly scanner: JsonScanner;
  private expected: Expected = 'value';
  /** The tokens that close the objects and arrays that are open. */
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

  /**
   * Checks the scanner's current token. Returns the place of the error, or undefined when the token is allowed there.
   */
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
