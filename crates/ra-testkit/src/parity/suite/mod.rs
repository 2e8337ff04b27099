//! The suite: what an adapter's logins, approvals, calls and keys do with peers that behave and with peers that do not.
//! [`adapter_suite!`](crate::adapter_suite) makes a test of each function; `trace` has a list of its own, because it
//! needs a process of its own.
#![allow(
    missing_docs,
    reason = "each function is a test and says by its name what it proves"
)]

pub mod approval;
pub mod http;
pub mod keys;
pub mod login;
pub mod login_faults;
pub mod proxy;
pub mod real_proxies;
pub mod start;
pub mod tls;
#[cfg(feature = "logs")]
pub mod trace;
pub mod websocket_faults;

/// Makes a test of each function of the suite, for one adapter.
#[macro_export]
macro_rules! adapter_suite {
    ($adapter:expr) => {
        $crate::adapter_suite!($adapter, approval:
            r41_r42_r44_an_approval_waits_for_the_person
            r42_a_refusal_is_told_to_the_service
            r43_a_second_factor_is_asked_for_until_it_is_right
            r44_without_a_decision_nothing_is_approved
            r44_an_approval_that_was_given_up_approves_nothing
            an_approval_that_is_dropped_approves_nothing
            a_refused_or_silent_service_ends_the_approval_without_a_secret_in_its_words
        );
        $crate::adapter_suite!($adapter, http:
            a_request_goes_out_whole_and_bears_what_http_wants_and_nothing_else
            every_method_goes_out_with_its_body_or_without
            an_endpoint_is_called_and_its_reply_read
            statuses_are_replies_whatever_they_are
            r33_a_redirect_is_not_followed
            r33_a_body_over_the_cap_is_not_read_on
            what_is_no_http_or_breaks_off_is_lost
            r19_a_call_is_bounded_as_a_whole
            a_limit_that_no_clock_holds_is_none
            nobody_there_is_no_connection
            r01_plaintext_to_another_machine_is_refused_before_any_connection
        );
        $crate::adapter_suite!($adapter, keys:
            every_key_is_given_out_once
            keys_are_made_ahead_and_no_more_than_there_is_room_for
            a_taker_that_gives_up_takes_no_key_along
            the_pool_closes_with_its_last_clone
            sizes_are_bounded
        );
        $crate::adapter_suite!($adapter, login:
            r30_a_login_ends_with_the_token
            outcome_alone_runs_the_whole_login
            r14_a_refusal_by_the_person_is_an_outcome
            a_caller_may_cancel_between_events
            frames_that_arrive_byte_by_byte_are_whole
            r31_a_captcha_is_solved_by_the_person_and_the_exchange_goes_on
            r31_a_captcha_that_nobody_solves_ends_the_login
            r21_an_expired_code_is_renewed_with_another_key
            a_login_with_real_keys
            a_ping_is_answered_while_the_login_waits
            a_login_can_be_cancelled_before_it_was_asked_for_events
            r01_r02_the_upgrade_says_who_we_are_and_asks_for_the_version
        );
        $crate::adapter_suite!($adapter, login_faults:
            r19_silence_at_each_step_ends_the_login
            r17_what_is_no_frame_ends_the_session_with_the_right_code
            r08_a_foreign_fingerprint_is_never_shown
            a_refusal_just_before_the_connection_breaks_is_heard
            r07_the_other_dialect_is_tried_when_the_first_is_refused
            a_gateway_that_cannot_be_reached_is_a_network_failure
            r30_to_r33_an_exchange_that_fails_says_how
            r32_a_rate_limit_is_waited_for_and_the_exchange_goes_on
            without_a_key_there_is_no_login_and_no_panic
        );
        $crate::adapter_suite!($adapter, proxy:
            connect_leads_tls_to_a_host_that_only_the_proxy_knows
            socks5_leads_tls_to_a_host_that_only_the_proxy_knows
            a_login_through_a_proxy
            a_certificate_is_checked_through_a_proxy_too
            a_proxy_that_will_not_connect_says_so_and_shows_no_credentials
            a_proxy_that_refuses_is_named_without_its_words
            an_absent_or_silent_proxy_ends_the_call
            r01_a_proxy_on_another_machine_is_passed_by_on_the_way_to_this_one
            a_proxy_on_this_machine_is_used_for_this_machine
            r01_plaintext_to_another_machine_is_refused_with_a_proxy_as_well
            a_proxy_that_connects_and_hangs_up_is_a_lost_connection
            a_proxy_cannot_fill_memory_with_its_answer
            a_proxy_may_have_an_ipv6_address
            the_environment_names_the_proxy_for_sockets_and_calls
            r01_what_the_environment_excludes_is_reached_directly
        );
        $crate::adapter_suite!($adapter, real_proxies:
            sockets_and_calls_go_through_with_and_without_tls
            addresses_of_both_families_are_reached_through_them
            a_whole_login_goes_through
            a_proxy_is_used_for_what_only_it_can_reach_and_says_if_it_cannot
            wrong_or_missing_credentials_and_forbidden_ports_are_the_proxys_refusal
        );
        $crate::adapter_suite!($adapter, start:
            the_key_is_made_while_the_connection_opens_and_on_all_cores
            with_a_filled_pool_no_key_has_to_be_made_before_the_code
            the_threads_of_a_pool_share_the_cores
        );
        $crate::adapter_suite!($adapter, tls:
            a_certificate_of_a_trusted_ca_for_the_right_name_is_taken
            extra_roots_stand_beside_the_default_ones
            a_whole_login_over_tls
            the_wrong_name_a_stranger_and_a_lapsed_certificate_are_refused
            addresses_are_checked_as_addresses
            ipv6_is_spoken_with_and_without_tls
            tls_to_a_plaintext_port_fails_and_never_falls_back
            plaintext_to_a_tls_port_is_no_answer
            tls_1_1_is_not_spoken
            a_server_that_hangs_up_in_the_handshake_is_a_lost_connection
            r19_silence_in_the_tls_handshake_ends_in_time
            without_roots_of_trust_nothing_starts
            a_configuration_that_cannot_be_used_stops_a_login_before_it_starts
        );
        $crate::adapter_suite!($adapter, websocket_faults:
            a_refused_upgrade_keeps_status_and_wait
            r33_a_redirect_is_a_refusal_and_not_followed
            an_answer_that_is_no_upgrade_is_a_lost_connection
            an_endless_head_is_not_read_on
            r19_silence_at_the_upgrade_ends_in_time
            headers_that_cannot_be_sent_are_the_callers_fault
            r17_messages_over_the_cap_end_the_session
            a_connection_that_babbles_is_lost
            nobody_there_is_no_connection
        );
    };
    ($adapter:expr, $module:ident: $($test:ident)+) => {
        mod $module {
            $(
                #[test]
                fn $test() {
                    let _watchdog = $crate::parity::peers::watchdog();
                    $crate::parity::suite::$module::$test($adapter);
                }
            )+
        }
    };
}

/// Makes the tests of what an adapter logs. They need a process of their own.
#[macro_export]
macro_rules! adapter_trace_suite {
    ($adapter:expr) => {
        $crate::adapter_suite!($adapter, trace:
            r34_steps_and_ops_are_logged_and_no_content
            r34_failures_are_logged_without_what_caused_them
            r34_an_approval_is_logged_without_its_secrets
            r34_no_scenario_leaves_a_secret_in_the_log
        );
    };
}
