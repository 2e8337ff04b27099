//! One test a row of section B, then umbrellas, sets and properties.

use proptest::prelude::*;

use super::{Restriction as R, Scope, ScopeError, ScopeSet};

macro_rules! rows {
    ($($test:ident $name:ident $text:literal $public:literal [$($restriction:ident)*];)+) => {
        $(
            #[test]
            fn $test() {
                let scope: Scope = $text.parse().unwrap();
                assert_eq!(scope, Scope::$name);
                assert_eq!(scope.to_string(), $text);
                assert_eq!(scope.is_public(), $public);
                assert_eq!(scope.restrictions(), [$(R::$restriction),*]);
                $(assert!(scope.is(R::$restriction));)*
            }
        )+

        #[test]
        fn no_known_scope_lacks_a_row() {
            let rows = [$(Scope::$name),+];
            assert_eq!(Scope::KNOWN, rows);
        }
    };
}

rows! {
    o009_account_global_name_update AccountGlobalNameUpdate "account.global_name.update" false [];
    o010_activities_invites_write ActivitiesInvitesWrite "activities.invites.write" false [];
    o011_activities_read ActivitiesRead "activities.read" false [];
    o012_activities_write ActivitiesWrite "activities.write" false [];
    o013_applications_builds_read ApplicationsBuildsRead "applications.builds.read" true [];
    o014_applications_builds_upload ApplicationsBuildsUpload "applications.builds.upload" false [];
    o015_applications_commands ApplicationsCommands "applications.commands" true [UserInstallAllowsMessages];
    o016_applications_commands_permissions_update ApplicationsCommandsPermissionsUpdate
        "applications.commands.permissions.update" true [];
    o017_applications_commands_update ApplicationsCommandsUpdate
        "applications.commands.update" true [ClientCredentialsOnly];
    o018_applications_entitlements ApplicationsEntitlements "applications.entitlements" true [];
    o019_applications_store_update ApplicationsStoreUpdate "applications.store.update" true [];
    o020_o057_bot Bot "bot" true [BotAccount Passthrough];
    o021_connections Connections "connections" true [];
    o022_dm_channels_read DmChannelsRead "dm_channels.read" false [];
    o023_dm_channels_messages_read DmChannelsMessagesRead "dm_channels.messages.read" false [];
    o024_dm_channels_messages_write DmChannelsMessagesWrite "dm_channels.messages.write" false [];
    o025_email Email "email" true [DependsOnIdentify];
    o026_gateway_connect GatewayConnect "gateway.connect" false [DependsOnIdentify];
    o027_gdm_join GdmJoin "gdm.join" true [];
    o028_guilds Guilds "guilds" true [];
    o029_guilds_channels_read GuildsChannelsRead "guilds.channels.read" false [];
    o030_o057_guilds_join GuildsJoin "guilds.join" true [BotAccount];
    o031_guilds_members_read GuildsMembersRead "guilds.members.read" true [];
    o032_identify Identify "identify" true [];
    o033_lobbies_write LobbiesWrite "lobbies.write" false [];
    o034_messages_read MessagesRead "messages.read" true [];
    o035_openid Openid "openid" true [];
    o036_payment_sources_country_code PaymentSourcesCountryCode "payment_sources.country_code" false [];
    o037_presences_read PresencesRead "presences.read" false [];
    o038_presences_write PresencesWrite "presences.write" false [];
    o039_n07_relationships_read RelationshipsRead "relationships.read" false [SocialLayerFlag];
    o040_relationships_write RelationshipsWrite "relationships.write" false [];
    o041_role_connections_write RoleConnectionsWrite "role_connections.write" true [CodeGrantOnly NotForPublicClients];
    o042_rpc Rpc "rpc" false [OwnerOrListedUsers RpcApproval];
    o043_rpc_activities_write RpcActivitiesWrite "rpc.activities.write" true [RpcApproval];
    o044_rpc_api RpcApi "rpc.api" false [Deprecated];
    o045_rpc_notifications_read RpcNotificationsRead "rpc.notifications.read" true [RpcApproval];
    o046_rpc_screenshare_read RpcScreenshareRead "rpc.screenshare.read" true [RpcApproval];
    o047_rpc_screenshare_write RpcScreenshareWrite "rpc.screenshare.write" true [RpcApproval];
    o048_rpc_video_read RpcVideoRead "rpc.video.read" true [RpcApproval];
    o049_rpc_video_write RpcVideoWrite "rpc.video.write" true [RpcApproval];
    o050_rpc_voice_read RpcVoiceRead "rpc.voice.read" true [RpcApproval];
    o051_rpc_voice_write RpcVoiceWrite "rpc.voice.write" true [RpcApproval];
    o052_voice Voice "voice" false [DependsOnIdentify];
    o053_webhook_incoming WebhookIncoming "webhook.incoming" true [CodeGrantOnly Passthrough];
    o054_row_of_sdk_social_layer_presence SdkSocialLayerPresence "sdk.social_layer_presence" false [];
    o055_row_of_sdk_social_layer SdkSocialLayer "sdk.social_layer" false [];
    n06_application_identities_write ApplicationIdentitiesWrite "application_identities.write" false [];
    p03_identify_premium IdentifyPremium "identify.premium" false [];
}

fn set(text: &str) -> ScopeSet {
    text.parse().unwrap()
}

#[test]
fn o052_voice_includes_the_gateway() {
    assert_eq!(Scope::Voice.includes(), [Scope::GatewayConnect]);
    assert!(set("voice").covers(&set("gateway.connect")));
}

#[test]
fn o054_the_presence_umbrella_is_exactly_the_documents() {
    let parts: ScopeSet = Scope::SdkSocialLayerPresence
        .includes()
        .iter()
        .cloned()
        .collect();
    let documented = "activities.invites.write activities.read activities.write gateway.connect identify \
                      relationships.read relationships.write";
    assert_eq!(parts, set(documented));
    // N-06: what the live service added stands apart
    assert_eq!(
        Scope::SdkSocialLayerPresence.usually_includes(),
        [Scope::ApplicationIdentitiesWrite]
    );
}

#[test]
fn o055_the_social_layer_umbrella_is_the_union() {
    let parts: ScopeSet = Scope::SdkSocialLayer.includes().iter().cloned().collect();
    let mut union: ScopeSet = Scope::SdkSocialLayerPresence
        .includes()
        .iter()
        .cloned()
        .collect();
    for more in set(
        "dm_channels.read dm_channels.messages.read dm_channels.messages.write guilds \
            guilds.channels.read lobbies.write",
    ) {
        union.insert(more);
    }
    assert_eq!(parts, union);
    assert_eq!(
        Scope::SdkSocialLayer.usually_includes(),
        [Scope::ApplicationIdentitiesWrite]
    );
}

#[test]
fn o042_rpc_stands_for_the_rpc_scopes_in_most_cases_only() {
    let below = Scope::KNOWN
        .iter()
        .filter(|scope| scope.as_str().starts_with("rpc."));
    assert!(below.eq(Scope::Rpc.usually_includes()));
    assert!(!set("rpc").covers(&set("rpc.voice.read")));
}

#[test]
fn o056_covers_expands_umbrellas_both_ways() {
    let granted = set("sdk.social_layer");
    assert!(granted.covers(&set("identify guilds sdk.social_layer_presence")));
    assert!(!granted.covers(&set("email")));
    assert!(granted.expanded().covers(&granted));
    // all the parts make the umbrella, one missing does not
    let parts: ScopeSet = Scope::SdkSocialLayerPresence
        .includes()
        .iter()
        .cloned()
        .collect();
    assert!(parts.covers(&set("sdk.social_layer_presence")));
    let fewer: ScopeSet = parts.iter().skip(1).cloned().collect();
    assert!(!fewer.covers(&set("sdk.social_layer_presence")));
    // an ordinary scope is not covered for having no parts
    assert!(!ScopeSet::new().covers(&set("identify")));
    assert!(ScopeSet::new().covers(&ScopeSet::new()));
}

#[test]
fn o059_unknown_scopes_survive() {
    let granted = set("identify next.years_scope identify");
    assert_eq!(granted.to_string(), "identify next.years_scope");
    assert_eq!(granted.len(), 2);
    let unknown = granted.iter().nth(1).unwrap();
    assert!(matches!(unknown, Scope::Other(_)));
    assert!(
        !unknown.is_public() && unknown.restrictions().is_empty() && unknown.includes().is_empty()
    );
    assert!(
        matches!("Identify".parse(), Ok(Scope::Other(_))),
        "case counts"
    );
}

#[test]
fn s05_a_scope_has_no_space_quote_backslash_or_control() {
    for bad in [
        "a b", "a\"b", "a\\b", "", " ", "\u{e9}", "a\n", "a\0", "a\u{7f}", "\t",
    ] {
        assert_eq!(bad.parse::<Scope>(), Err(ScopeError), "{bad:?}");
    }
    for good in ["!", "#", "[", "]", "~", "a,b", "https://example.com/scope"] {
        assert_eq!(good.parse::<Scope>().unwrap().as_str(), good);
    }
}

#[test]
fn s05_spaces_make_no_empty_scope() {
    assert!(set("").is_empty() && set("   ").is_empty());
    assert_eq!(set("  identify   email "), set("email identify"));
    for bad in ["identify\temail", "identify a\"b", "identify\u{a0}email"] {
        assert_eq!(bad.parse::<ScopeSet>(), Err(ScopeError), "{bad:?}");
    }
}

#[test]
fn o111_exactly_six_scopes_are_for_teams() {
    let for_teams: ScopeSet = Scope::KNOWN
        .iter()
        .filter(|scope| scope.is_for_teams())
        .cloned()
        .collect();
    let documented = "applications.builds.read applications.builds.upload applications.commands.update \
                      applications.entitlements applications.store.update identify";
    assert_eq!(for_teams, set(documented));
}

#[test]
fn repetitions_are_dropped_wherever_they_stand() {
    let text = "s0 s0 ".to_owned()
        + &(0..40).map(|n| format!("s{n} ")).collect::<String>()
        + "s0 s35 s39 s41 s41";
    assert_eq!(set(&text).len(), 41);
}

#[test]
fn sets_are_equal_if_they_have_the_same_scopes_in_any_order() {
    assert_eq!(set("email identify"), set("identify email"));
    for other in ["", "email", "email guilds", "email identify guilds"] {
        assert_ne!(set("email identify"), set(other), "{other}");
    }
}

#[test]
fn a_long_list_is_read_in_one_go() {
    let text = (0..100_000)
        .map(|n| format!("s{n} s{n} "))
        .collect::<String>();
    assert_eq!(set(&text).len(), 100_000);
}

proptest! {
    #[test]
    fn s43_a_scope_that_parses_prints_the_same(text in "\\PC{0,40}") {
        if let Ok(scope) = text.parse::<Scope>() {
            prop_assert_eq!(scope.as_str(), &text);
            prop_assert_eq!(scope.to_string().parse(), Ok(scope));
        }
    }

    #[test]
    fn s43_sets_round_trip(names in prop::collection::vec("[!#-\\[\\]-~]{1,12}", 0..20)) {
        let scopes: ScopeSet = names.iter().map(|name| name.parse::<Scope>().unwrap()).collect();
        prop_assert_eq!(scopes.to_string().parse(), Ok(scopes.clone()));
        prop_assert!(scopes.covers(&scopes));
        prop_assert!(scopes.expanded().covers(&scopes));
    }

    #[test]
    fn s43_parsing_never_panics(text in ".*") {
        let _ = text.parse::<Scope>();
        let _ = text.parse::<ScopeSet>();
    }
}

#[test]
fn an_error_says_what_was_wanted() {
    let error = "".parse::<Scope>().unwrap_err();
    assert_eq!(error.to_string(), "not a scope");
}
