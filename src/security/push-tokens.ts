import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Secret } from './secret.js';

/** The push tokens of the settings (PUSH_TOKENS). */
@Injectable()
export class PushTokens {
  private readonly tokens: readonly { readonly source: string; readonly secret: Secret }[];

  constructor(settings: Settings) {
    this.tokens = settings.pushTokens.map(({ source, token }) => ({ source, secret: new Secret(token) }));
  }

  /**
   * The source of a push token. It compares with every token, so that the duration reveals neither which token matched
   * nor how much of it.
   *
   * @returns undefined if the token is wrong
   */
  sourceOf(candidate: string): string | undefined {
    let source: string | undefined;
    for (const token of this.tokens) {
      if (token.secret.equals(candidate)) source = token.source;
    }
    return source;
  }
}
