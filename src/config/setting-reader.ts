import { errorText } from '../errors.js';

/** Reads single settings and collects their problems. An empty value counts as unset. */
export class SettingReader {
  readonly problems: string[] = [];

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  /**
   * @returns undefined when the setting is unset and has no default, or when it can't be read (then a problem is
   *   added)
   */
  read<T>(name: string, fallback: string | undefined, parse: (text: string) => T): T | undefined {
    const text = this.text(name) ?? fallback;
    if (text === undefined) return undefined;
    try {
      return parse(text);
    } catch (error) {
      this.problems.push(`${name} ${errorText(error)}`);
      return undefined;
    }
  }

  text(name: string): string | undefined {
    const text = this.environment[name]?.trim();
    return text === '' ? undefined : text;
  }
}
