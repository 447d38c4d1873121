import { Injectable } from '@nestjs/common';
import type {
  ClientAuth,
  Configuration,
  TokenEndpointResponse,
  TokenEndpointResponseHelpers,
} from 'openid-client';
import { Settings, type SignInSettings } from '../config/settings.js';
import { claimTexts, type Claims, nameOf } from './claims.js';
import { ProviderRefusal, type SignInUnderWay } from './sign-in.js';

const TIMEOUT_S = 10;
/** The provider may change its endpoints. */
const KNOWN_FOR_MS = 3_600_000;
const OFFLINE = 'offline_access';
const WANTED_SCOPES = ['openid', 'profile', 'email', OFFLINE];
/** The errors of OAuth 2 and OpenID Connect that say that this person may not go on, and not that the service may not. */
const OF_THE_PERSON = [
  'invalid_grant',
  'access_denied',
  'interaction_required',
  'login_required',
  'consent_required',
  'account_selection_required',
];

type Tokens = TokenEndpointResponse & TokenEndpointResponseHelpers;

/** What the provider says of a person. */
export interface Identity {
  readonly subject: string;
  readonly name: string;
  /** The values of the roles claim. Undefined: the provider did not say, as may be after a refresh. */
  readonly values: readonly string[] | undefined;
  /** Undefined: there is none, or the old one stays good. */
  readonly refreshToken: string | undefined;
}

interface Known {
  readonly at: number;
  readonly configuration: Configuration;
}

/**
 * The company's identity provider (OpenID Connect). Its library is loaded when the first person signs in, so that a
 * service without sign-in never loads it.
 */
@Injectable()
export class IdentityProvider {
  private known: Known | undefined;
  /** How the service proves to be itself. The provider may know only one of two ways. */
  private sendsSecretInBody = false;

  constructor(private readonly settings: Settings) {}

  /** @returns where to send the browser @throws Error if the provider does not answer */
  async addressFor({ state, nonce, verifier }: SignInUnderWay, asksAgain: boolean): Promise<URL> {
    const { scopes: wanted, prompt = 'consent' } = this.signIn;
    const oidc = await import('openid-client');
    const configuration = await this.configuration();
    const supported = configuration.serverMetadata().scopes_supported ?? WANTED_SCOPES;
    const scope = wanted ?? WANTED_SCOPES.filter((name) => supported.includes(name)).join(' ');
    const prompts = [
      ...(asksAgain ? ['login'] : []),
      ...(scope.split(' ').includes(OFFLINE) && prompt !== 'off' ? [prompt] : []),
    ];
    return oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: `${this.signIn.publicUrl}/auth/callback`,
      scope,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(prompts.length > 0 && { prompt: prompts.join(' ') }),
    });
  }

  /**
   * Takes the answer with which the browser came back.
   *
   * @param search the query of the callback, with its question mark
   * @throws ProviderRefusal if the provider does not let the person in, or the answer is not the expected one
   * @throws Error if the provider does not answer
   */
  async identityOf(search: string, { state, nonce, verifier }: SignInUnderWay): Promise<Identity> {
    const oidc = await import('openid-client');
    const url = new URL(`${this.signIn.publicUrl}/auth/callback${search}`);
    const tokens = await this.asking((configuration) =>
      oidc.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      }),
    );
    const claims: Claims = tokens.claims() ?? {};
    return this.identity(tokens, claims, String(claims['sub']));
  }

  /**
   * Asks whether a person may still sign in.
   *
   * @throws ProviderRefusal if not
   * @throws Error if the provider does not answer, or refuses the service itself
   */
  async refreshed(refreshToken: string, subject: string): Promise<Identity> {
    const oidc = await import('openid-client');
    const tokens = await this.asking((configuration) => oidc.refreshTokenGrant(configuration, refreshToken));
    const claims: Claims = tokens.claims() ?? {};
    if ('sub' in claims && claims['sub'] !== subject)
      throw new ProviderRefusal('The identity provider answered for another person.');
    return this.identity(tokens, claims, subject);
  }

  private get signIn(): SignInSettings {
    const { signIn } = this.settings;
    if (signIn === undefined) throw new Error('OIDC_ISSUER is not set');
    return signIn;
  }

  /** Claims are in the ID token, or the provider gives them when it is asked with the access token. */
  private async identity(tokens: Tokens, claims: Claims, subject: string): Promise<Identity> {
    const { rolesClaim } = this.signIn;
    const isWhole = claimTexts(claims, rolesClaim) !== undefined && nameOf(claims) !== undefined;
    const all = isWhole ? claims : { ...(await this.moreClaims(tokens, subject)), ...claims };
    return {
      subject,
      name: nameOf(all) ?? subject,
      values: claimTexts(all, rolesClaim),
      refreshToken: tokens.refresh_token,
    };
  }

  private async moreClaims({ access_token: token }: Tokens, subject: string): Promise<Claims> {
    const oidc = await import('openid-client');
    if ((await this.configuration()).serverMetadata().userinfo_endpoint === undefined) return {};
    return this.asking((configuration) => oidc.fetchUserInfo(configuration, token, subject));
  }

  /** Runs a request to the provider and tells its refusals from its failures. */
  private async asking<T>(request: (configuration: Configuration) => Promise<T>): Promise<T> {
    const oidc = await import('openid-client');
    try {
      return await request(await this.configuration());
    } catch (error) {
      const code = error instanceof oidc.ResponseBodyError ? error.error : undefined;
      if (code === 'invalid_client' && !this.sendsSecretInBody) {
        this.sendsSecretInBody = true;
        this.known = undefined;
        return this.asking(request);
      }
      if (error instanceof oidc.AuthorizationResponseError || OF_THE_PERSON.includes(code ?? ''))
        throw new ProviderRefusal('The identity provider refused.', { cause: error });
      if (error instanceof oidc.WWWAuthenticateChallengeError && error.status === 401)
        throw new ProviderRefusal('The identity provider refused.', { cause: error });
      throw error;
    }
  }

  private async configuration(): Promise<Configuration> {
    const { known } = this;
    if (known !== undefined && Date.now() - known.at < KNOWN_FOR_MS) return known.configuration;
    const { issuer, clientId, clientSecret } = this.signIn;
    const oidc = await import('openid-client');
    const server = new URL(issuer);
    const byHeader: ClientAuth = oidc.ClientSecretBasic(clientSecret);
    const authentication = this.sendsSecretInBody ? oidc.ClientSecretPost(clientSecret) : byHeader;
    const configuration = await oidc.discovery(server, clientId, undefined, authentication, {
      timeout: TIMEOUT_S,
      // The settings allow http for loopback addresses only. The library calls this deprecated so that it stands out.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      execute: server.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
    });
    this.known = { at: Date.now(), configuration };
    return configuration;
  }
}
