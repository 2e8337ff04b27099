//! Where the endpoints are.

use oauth2_discord::{EndpointUrl, Urls};

use crate::commands::oauth2::args::UrlArgs;
use crate::outcome::Failure;
use crate::usage::parse;

/// Discord's, or what is below `--base`, but for those that are given one by one.
pub(super) fn of(args: &UrlArgs) -> Result<Urls, Failure> {
    let mut urls = match &args.base {
        Some(base) => Urls::below(parse("--base", base)?),
        None => Urls::default(),
    };
    replace(
        &mut urls.authorize,
        "--authorize-url",
        args.authorize_url.as_deref(),
    )?;
    replace(&mut urls.token, "--token-url", args.token_url.as_deref())?;
    replace(&mut urls.device, "--device-url", args.device_url.as_deref())?;
    replace(&mut urls.revoke, "--revoke-url", args.revoke_url.as_deref())?;
    replace(&mut urls.keys, "--keys-url", args.keys_url.as_deref())?;
    replace(
        &mut urls.userinfo,
        "--userinfo-url",
        args.userinfo_url.as_deref(),
    )?;
    if let Some(issuer) = &args.issuer {
        // it is compared to the letter, and never called
        urls.issuer = issuer.clone();
    }
    Ok(urls)
}

fn replace(place: &mut EndpointUrl, option: &str, text: Option<&str>) -> Result<(), Failure> {
    if let Some(text) = text {
        *place = parse(option, text)?;
    }
    Ok(())
}
