//! `ra oauth2 unmerge`.

use oauth2_discord::partner::Unmerge;

use super::{Context, partner};
use crate::commands::oauth2::args::UnmergeArgs;
use crate::outcome::End;

/// Parts a provisional account by an identity provider.
pub(super) async fn run(args: &UnmergeArgs, context: &mut Context) -> Result<(), End> {
    let (client, auth) = partner::vouched(&args.vouched)?;
    partner::ask(&Unmerge::new(client, auth), Unmerge::REPEAT, context).await?;
    partner::unmerged(&mut context.printer)
}
