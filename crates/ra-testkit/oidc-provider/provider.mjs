// An authorization server for tests: npm's oidc-provider (OpenID-certified) on a free port of this machine, with a person who
// logs in and consents as soon as a browser comes along. It has nothing to keep and ends when its standard input does.
//
//   stdout: one line {"port": 1234} when it listens
//   GET  /interaction/ID         the person agrees
//   GET  /interaction/ID?deny    the person refuses
//   POST /test/rotate            other keys sign from now on, and only they are published

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const PERSON = '80351110224678912';
const grants = ['authorization_code', 'refresh_token', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'];
const common = {
  redirect_uris: ['http://127.0.0.1/callback'],
  response_types: ['code'],
  scope: 'openid identify email', // not `guilds`, which the server knows as well
  application_type: 'native', // any port of this machine will do for the redirect
};
const confidential = { ...common, grant_types: grants };
const clients = [
  { ...confidential, client_id: '157730590492196864', client_secret: 'form+secret/%41 &=:"', token_endpoint_auth_method: 'client_secret_post' },
  { ...confidential, client_id: '157730590492196865', client_secret: 'basic+secret/%41 &=:"', token_endpoint_auth_method: 'client_secret_basic' },
  { ...common, grant_types: grants.filter((grant) => grant !== 'client_credentials'), client_id: '157730590492196866', token_endpoint_auth_method: 'none' },
];

// Encoded as they are made: Node 20 can hang for good in `export()` of a key just made, if it collects garbage meanwhile.
const jwk = { publicKeyEncoding: { format: 'jwk' }, privateKeyEncoding: { format: 'jwk' } };

function keys() {
  const kid = randomUUID();
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048, ...jwk });
  const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256', ...jwk });
  return [
    { ...ec, kid: `${kid}-ec`, use: 'sig', alg: 'ES256' }, // of no use for RS256
    { ...rsa, kid, use: 'sig', alg: 'RS256' },
  ];
}

function start(issuer) {
  const page = (ctx, html) => {
    ctx.type = 'html';
    ctx.body = html;
  };
  return new Provider(issuer, {
    clients,
    jwks: { keys: keys() },
    cookies: { keys: ['of no worth'] },
    scopes: ['openid', 'identify', 'email', 'guilds'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], identify: ['preferred_username'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: 'nelly@example.org', email_verified: true, preferred_username: 'nelly' }),
    }),
    pkce: { required: () => true },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: { AccessToken: 600, AuthorizationCode: 60, ClientCredentials: 600, DeviceCode: 300, Grant: 3600, IdToken: 600, Interaction: 300, RefreshToken: 3600, Session: 3600 },
    renderError: (ctx, out) => {
      ctx.type = 'json';
      ctx.body = JSON.stringify(out);
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (ctx, form) => page(ctx, form),
        userCodeConfirmSource: (ctx, form) => page(ctx, form),
        successSource: (ctx) => page(ctx, 'done'),
      },
      revocation: { enabled: true },
    },
  });
}

async function interact(provider, req, res) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(req, res);
  let result;
  if (req.url.endsWith('?deny')) {
    result = { error: 'access_denied', error_description: 'The resource owner denied the request' };
  } else if (prompt.name === 'login') {
    result = { login: { accountId: PERSON } };
  } else {
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    for (const scope of prompt.details.missingOIDCScope ?? []) grant.addOIDCScope(scope);
    grant.addOIDCClaims(prompt.details.missingOIDCClaims ?? []);
    result = { consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: true });
}

let provider;
const server = createServer((req, res) => {
  if (req.method === 'POST' && req.url === '/test/rotate') {
    provider = start(provider.issuer);
    res.end('{}');
  } else if (req.url.startsWith('/interaction/')) {
    interact(provider, req, res).catch((error) => res.writeHead(500).end(String(error)));
  } else {
    provider.callback()(req, res);
  }
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  provider = start(`http://127.0.0.1:${port}`);
  console.log(JSON.stringify({ port }));
});
process.stdin.resume().on('end', () => process.exit(0));
