// A real identity provider (oidc-provider) on loopback, in a process of its own. Its people, and what they belong to, come
// as messages.
import { Provider } from 'oidc-provider';

const [port, redirectUris, options] = process.argv.slice(2);
const { claimsInIdToken = false, authMethod = 'client_secret_basic' } = JSON.parse(options);
const issuer = `http://127.0.0.1:${port}`;
/** By the id with which a person signs in. */
let people = {};

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'call-ledger',
      client_secret: 'client-secret-of-the-tests',
      redirect_uris: JSON.parse(redirectUris),
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: authMethod,
    },
  ],
  claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email'] },
  conformIdTokenClaims: !claimsInIdToken,
  cookies: { keys: ['key-of-the-cookies-of-the-tests'] },
  pkce: { required: () => true },
  findAccount: (_context, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
});

process.on('message', (message) => {
  people = message;
  process.send('taken');
});
process.on('disconnect', () => process.exit());
provider.listen(Number(port), '127.0.0.1', () => process.send('listening'));
