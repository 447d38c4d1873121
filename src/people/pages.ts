// The pages that people see when a sign-in does not go on. They load nothing.
import type { Request, Response } from 'express';
import { hash } from 'node:crypto';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}h1{font-size:1.4rem}`;
const POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

type Texts = readonly [title: string, text: string];
type Language = 'en' | 'zh';

/** Why a sign-in does not go on, or what is asked before a sign-out. */
export type PageName = keyof typeof PAGES;

const PAGES = {
  interrupted: {
    status: 400,
    en: [
      'The sign-in was interrupted',
      'It took too long, was begun in another browser, or was used already. Sign in again.',
    ],
    zh: ['登录已中断', '登录耗时过长、在另一个浏览器中发起，或已被使用。请重新登录。'],
  },
  refused: {
    status: 403,
    en: ['The identity provider did not let you in', 'Ask whoever manages your company account.'],
    zh: ['身份提供方未允许您登录', '请联系贵公司的账号管理员。'],
  },
  unmapped: {
    status: 403,
    en: [
      'You have no access to Call Ledger',
      'You have signed in, but none of your groups may use Call Ledger. Ask its administrator.',
    ],
    zh: ['您没有 Call Ledger 的访问权限', '您已登录，但您所属的组均无权使用 Call Ledger。请联系其管理员。'],
  },
  unreachable: {
    status: 503,
    en: [
      'The sign-in did not work',
      'The identity provider does not answer, or answers otherwise than expected. The log of the service says why. Try again in a minute. API keys work meanwhile.',
    ],
    zh: [
      '登录失败',
      '身份提供方没有响应，或响应不符合预期。原因见服务日志。请稍后重试。在此期间仍可使用 API 密钥。',
    ],
  },
  unavailable: {
    status: 503,
    en: ['The ledger is not available', 'Its database does not answer. Try again in a minute.'],
    zh: ['账本暂不可用', '数据库没有响应。请稍后重试。'],
  },
  often: {
    status: 429,
    en: ['Too many sign-ins came from your address', 'Try again in a minute.'],
    zh: ['来自您的地址的登录过于频繁', '请稍后重试。'],
  },
  foreign: {
    status: 403,
    en: ['Do you want to sign out?', 'Another page sent you here.'],
    zh: ['要退出登录吗？', '您是从另一个网页来到这里的。'],
  },
} as const satisfies Record<string, Readonly<Record<Language, Texts>> & { status: number }>;

const LINKS: Readonly<
  Record<Language, { readonly signIn: string; readonly signOut: string; readonly console: string }>
> = {
  en: { signIn: 'Sign in again', signOut: 'Sign out', console: 'Back to the console' },
  zh: { signIn: '重新登录', signOut: '退出登录', console: '返回控制台' },
};

/** Answers with a page, in the language that the browser prefers of two. */
export function sendPage(name: PageName, request: Request, response: Response): void {
  const language: Language = request.acceptsLanguages('en', 'zh') === 'zh' ? 'zh' : 'en';
  const page = PAGES[name];
  const [title, text] = page[language];
  const links = LINKS[language];
  // The paths are relative, because a proxy may serve the service under a path of its own.
  const first = name === 'foreign' ? ['sign-out', links.signOut] : ['sign-in', links.signIn];
  response
    .status(page.status)
    .setHeader('Content-Security-Policy', POLICY)
    .setHeader('Vary', 'Accept-Language')
    .type('html')
    .send(
      `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style><h1>${title}</h1><p>${text}</p><p><a href="${first[0] ?? ''}">${first[1] ?? ''}</a> · <a href="../console">${links.console}</a></p></html>`,
    );
}
