import {
  Controller,
  Get,
  HttpCode,
  Logger,
  NotFoundException,
  Post,
  Req,
  Res,
  ForbiddenException,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { SignInSettings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { REQUEST_ID } from '../http/answers/api-headers.js';
import { DatabaseUnavailableError } from '../persistence/connections/unavailable.js';
import { CSRF_HEADER } from '../security/api-gate.js';
import {
  cookieName,
  cookieOf,
  cookieOptions,
  isCsrfToken,
  parseTicket,
} from '../security/sessions/session-cookie.js';
import { sendPage } from './pages.js';
import { ProviderRefusal, safePlace } from './sign-in.js';
import { type CurrentSession, type Origin, SignInsService } from './sign-ins.service.js';

const SIGN_IN_MS = 10 * 60_000;
const SIGNED_OUT_MS = 30 * 86_400_000;

/** What browsers need to sign people in and out. Programs use API keys instead. */
@Controller('auth')
@ApiExcludeController()
export class AuthController {
  private readonly logger = new Logger('SignIn');

  constructor(private readonly signIns: SignInsService) {}

  /** Sends the browser to the identity provider. */
  @Get('sign-in')
  async signIn(@Req() request: Request, @Res() response: Response): Promise<void> {
    const options = this.options();
    const hasSignedOut = cookieOf(request, cookieName('signed-out', options)) !== undefined;
    await this.asPage(request, response, async () => {
      const begun = await this.signIns.begin(safePlace(request.query['returnTo']), hasSignedOut);
      response.cookie(cookieName('sign-in', options), begun.cookie, cookieOptions(SIGN_IN_MS, options));
      response.redirect(303, begun.address.href);
    });
  }

  /** Takes the browser back from the identity provider. */
  @Get('callback')
  async callback(@Req() request: Request, @Res() response: Response): Promise<void> {
    const options = this.options();
    const name = cookieName('sign-in', options);
    const underWay = this.signIns.underWay(cookieOf(request, name));
    if (underWay === undefined || request.query['state'] !== underWay.state) {
      sendPage('interrupted', request, response);
      return;
    }
    // Each sign-in ends once, whatever comes of it.
    response.clearCookie(name, cookieOptions(0, options));
    await this.asPage(request, response, async () => {
      const search = new URL(request.originalUrl, options.publicUrl).search;
      const cookie = await this.signIns.finish(search, underWay, originOf(request, response));
      if (cookie === undefined) {
        sendPage('unmapped', request, response);
        return;
      }
      await this.endFormer(request, response, options);
      response.cookie(cookieName('session', options), cookie, cookieOptions(options.sessionMs, options));
      response.clearCookie(cookieName('signed-out', options), cookieOptions(0, options));
      response.redirect(303, `${options.publicUrl}${underWay.returnTo}`);
    });
  }

  /** Ends the session and goes back to the console. With `everywhere=true`, it ends the person's other sessions too. */
  @Get('sign-out')
  async signOut(@Req() request: Request, @Res() response: Response): Promise<void> {
    const options = this.options();
    if (['cross-site', 'same-site'].includes(request.get('Sec-Fetch-Site') ?? '')) {
      sendPage('foreign', request, response);
      return;
    }
    await this.asPage(request, response, async () => {
      await this.leave(request, response, options);
      response.redirect(303, `${options.publicUrl}/console`);
    });
  }

  /** Ends the session, for the console's script. */
  @Post('sign-out')
  @HttpCode(204)
  async signOutByScript(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const options = this.options();
    const ticket = parseTicket(cookieOf(request, cookieName('session', options)) ?? '');
    if (ticket !== undefined && !isCsrfToken(request.get(CSRF_HEADER), ticket))
      throw new ForbiddenException(
        `A sign-out needs the header ${CSRF_HEADER}. GET /auth/session has its value.`,
      );
    await this.leave(request, response, options);
  }

  /** Says whether people can sign in, and who has. */
  @Get('session')
  async session(@Req() request: Request): Promise<{ signIn: boolean; session: CurrentSession | null }> {
    const { options } = this.signIns;
    if (options === undefined) return { signIn: false, session: null };
    const current = await this.signIns.current(cookieOf(request, cookieName('session', options)));
    return { signIn: true, session: current ?? null };
  }

  private options(): SignInSettings {
    const { options } = this.signIns;
    if (options === undefined)
      throw new NotFoundException('People cannot sign in here: OIDC_ISSUER is not set');
    return options;
  }

  private async leave(request: Request, response: Response, options: SignInSettings): Promise<void> {
    const name = cookieName('session', options);
    const ticket = parseTicket(cookieOf(request, name) ?? '');
    const everywhere = request.query['everywhere'] === 'true';
    if (ticket !== undefined) await this.signIns.signOut(ticket, everywhere, originOf(request, response));
    response.clearCookie(name, cookieOptions(0, options));
    // The provider may still know the browser. The next sign-in has it ask for the password again.
    response.cookie(cookieName('signed-out', options), '1', cookieOptions(SIGNED_OUT_MS, options));
  }

  /** A browser has one session: the one before ends with a new sign-in. */
  private async endFormer(request: Request, response: Response, options: SignInSettings): Promise<void> {
    const former = parseTicket(cookieOf(request, cookieName('session', options)) ?? '');
    if (former !== undefined) await this.signIns.signOut(former, false, originOf(request, response));
  }

  /** Runs a step of a sign-in. What goes wrong is told in a page, because a person waits for it. */
  private async asPage(request: Request, response: Response, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (error instanceof ProviderRefusal) {
        this.logger.log(`a sign-in was refused: ${errorText(error)}`);
        sendPage('refused', request, response);
        return;
      }
      this.logger.warn(`a sign-in failed: ${errorText(error)}`);
      sendPage(error instanceof DatabaseUnavailableError ? 'unavailable' : 'unreachable', request, response);
    }
  }
}

function originOf(request: Request, response: Response): Origin {
  return { remoteAddress: request.ip ?? null, requestId: response.get(REQUEST_ID) ?? '' };
}
