//! The three things that a login by OAuth2 does on this side of the network, by `oauth2-discord` and by the `oauth2`
//! crate, from the same inputs. Used by the bench and by the test that counts allocations.

use std::convert::Infallible;

use http::Response;
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{AuthType, EndpointNotSet, EndpointSet, HttpRequest};
use oauth2_discord::authorize::{Authorization, RedirectUri, StartedCode};
use oauth2_discord::grant::ExchangeCode;
use oauth2_discord::{
    AuthorizationCode, ClientSecret, CodeVerifier, ConfidentialClient, Entropy, Scope, Snowflake,
    Token, Urls,
};
use ra_http::{Body, Endpoint as _, HttpError};

const CLIENT: u64 = 157_730_590_492_196_864;
const SECRET: &str = "937it3ow87i4ery69876wqire";
const REDIRECT: &str = "https://nicememe.website";
const CODE: &str = "NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee";
/// Discord's answer, as the document has it.
pub const ANSWER: &[u8] = concat!(
    r#"{"access_token":"6qrZcUqja7812RVdnEKjpzOL4CvHBFG","token_type":"Bearer","#,
    r#""expires_in":604800,"refresh_token":"D43f5y0ahjqew82jZ4NViEr2YafMKhue","#,
    r#""scope":"identify guilds"}"#,
)
.as_bytes();

/// Ours.
pub struct Ours {
    urls: Urls,
    client: ConfidentialClient,
    redirect: RedirectUri,
    verifier: CodeVerifier,
}

impl Ours {
    pub fn new() -> Self {
        Self {
            urls: Urls::default(),
            client: ConfidentialClient::new(Snowflake::new(CLIENT), ClientSecret::new(SECRET)),
            redirect: RedirectUri::new(REDIRECT).unwrap(),
            verifier: CodeVerifier::from_entropy(&[7; 32]),
        }
    }

    /// State, verifier, challenge and URL, from bytes that are random already.
    pub fn authorize(&self) -> StartedCode {
        let random = |bytes: &mut [u8]| {
            bytes.fill(7);
            Ok::<_, Infallible>(())
        };
        let Ok(entropy) = Entropy::draw(random);
        Authorization::new(self.client.id())
            .scopes([Scope::Identify, Scope::Guilds])
            .redirect_uri(self.redirect.clone())
            .start_code(&self.urls, entropy)
            .unwrap()
    }

    fn exchange(&self) -> ExchangeCode {
        let code = AuthorizationCode::new(CODE);
        ExchangeCode::new(self.client.clone(), code, self.verifier.clone())
            .redirect_uri(self.redirect.clone())
    }

    pub fn request(&self) -> http::Request<Body> {
        self.exchange().to_http(&self.urls.api).unwrap()
    }

    pub fn answer(&self) -> Token {
        Token::decode(ANSWER).unwrap()
    }

    /// From the code to the token.
    pub fn whole(&self) -> Result<Token, HttpError> {
        self.exchange().call(&self.urls.api, |request| {
            assert_eq!(request.method(), "POST");
            Ok(Response::new(Body::from(ANSWER.to_vec())))
        })
    }
}

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// Theirs.
pub struct Theirs {
    client: Client,
    verifier: String,
}

impl Theirs {
    pub fn new() -> Self {
        let authorize = "https://discord.com/oauth2/authorize".to_owned();
        let token = "https://discord.com/api/v10/oauth2/token".to_owned();
        Self {
            client: BasicClient::new(oauth2::ClientId::new(CLIENT.to_string()))
                .set_client_secret(oauth2::ClientSecret::new(SECRET.to_owned()))
                .set_auth_uri(oauth2::AuthUrl::new(authorize).unwrap())
                .set_token_uri(oauth2::TokenUrl::new(token).unwrap())
                .set_redirect_uri(oauth2::RedirectUrl::new(REDIRECT.to_owned()).unwrap())
                .set_auth_type(AuthType::RequestBody),
            verifier: CodeVerifier::from_entropy(&[7; 32]).expose().to_owned(),
        }
    }

    /// The same, also from bytes that are random already: what it draws itself would cost it more.
    pub fn authorize(
        &self,
    ) -> (
        oauth2::url::Url,
        oauth2::CsrfToken,
        oauth2::PkceCodeVerifier,
    ) {
        let text = |bytes: &[u8; 32]| ra_proto::base64::encode_url(bytes);
        let verifier = oauth2::PkceCodeVerifier::new(text(&[7; 32]));
        let challenge = oauth2::PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let (url, state) = self
            .client
            .authorize_url(|| oauth2::CsrfToken::new(text(&[7; 32])))
            .add_scope(oauth2::Scope::new("identify".to_owned()))
            .add_scope(oauth2::Scope::new("guilds".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        (url, state, verifier)
    }

    /// The request goes where a carrier would be, which refuses it.
    pub fn request(&self) -> bool {
        let refuse = |request: HttpRequest| -> Result<_, std::fmt::Error> {
            std::hint::black_box(request);
            Err(std::fmt::Error)
        };
        self.exchange(refuse).is_err()
    }

    /// The form of that request.
    pub fn body(&self) -> Vec<u8> {
        let body = std::cell::RefCell::default();
        let keep = |request: HttpRequest| -> Result<_, std::fmt::Error> {
            body.replace(request.into_body());
            Err(std::fmt::Error)
        };
        let _ = self.exchange(keep);
        body.into_inner()
    }

    /// Without the path that the crate notes down for its errors, which costs it more.
    pub fn answer(&self) -> BasicTokenResponse {
        serde_json::from_slice(ANSWER).unwrap()
    }

    /// From the code to the token.
    pub fn whole(&self) -> Option<BasicTokenResponse> {
        let answer = |request: HttpRequest| -> Result<_, std::fmt::Error> {
            assert_eq!(request.method(), "POST");
            Ok(Response::new(ANSWER.to_vec()))
        };
        self.exchange(answer).ok()
    }

    fn exchange(
        &self,
        carry: impl Fn(HttpRequest) -> Result<Response<Vec<u8>>, std::fmt::Error>,
    ) -> Result<BasicTokenResponse, ()> {
        let code = oauth2::AuthorizationCode::new(CODE.to_owned());
        let verifier = oauth2::PkceCodeVerifier::new(self.verifier.clone());
        self.client
            .exchange_code(code)
            .set_pkce_verifier(verifier)
            .request(&carry)
            .map_err(drop)
    }
}
