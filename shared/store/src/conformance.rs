//! The suite that every engine passes. Each function is a fact about a fresh, empty store.
//!
//! An engine runs all of it with [`store_conformance!`](crate::store_conformance).
#![expect(missing_docs, reason = "the name of a function says the fact that it checks")]
#![expect(clippy::unwrap_used, reason = "a check that fails ends its test")]

pub mod alerts;
pub mod figures;
pub mod findings;
pub mod ledger;
pub mod listing;
pub mod reports;
mod scene;
pub mod views;
pub mod walk;
pub mod watch;

/// One test for each fact. `$fresh` is the path of an async function that gives something with a field
/// `store: Arc<dyn Store>`; what else it holds lives as long as the test.
#[macro_export]
macro_rules! store_conformance {
    ($fresh:path) => {
        $crate::store_conformance!($fresh, ledger: [
            a_new_row_is_ready_and_sent_once,
            raising_again_makes_a_new_generation_of_the_same_row,
            of_two_generations_in_one_batch_only_the_newer_is_written,
            marks_on_a_waiting_row_coalesce_at_the_earlier_time,
            the_window_bounds_what_is_sent,
            an_expired_lease_is_taken_again_in_the_same_generation,
            a_confirmed_row_keeps_its_longer_lease,
            a_row_given_back_is_no_attempt,
            new_rows_are_handed_over_as_far_as_there_is_room,
            rows_of_a_lost_queue_are_sent_again,
            a_stale_generation_changes_nothing,
            a_row_is_finished_once_and_the_rest_of_its_batch_goes_on,
            a_failed_row_waits_and_counts_its_attempts,
            a_parked_row_comes_back_by_redrive_only,
            redrive_keeps_to_its_filter,
            a_dead_lettered_row_is_tried_alone_and_then_parked,
            counts_tell_every_stage_and_state,
        ]);
        $crate::store_conformance!($fresh, watch: [
            a_configured_column_is_fetched_and_a_removed_one_rests,
            what_a_list_names_becomes_a_source_once,
            another_title_in_the_list_brings_a_new_fetch,
            a_page_in_two_columns_does_not_seem_to_change,
            only_a_complete_or_a_failed_poll_changes_what_is_due,
            only_a_complete_poll_counts_as_listing,
            no_fetch_is_scheduled_while_too_much_is_unfinished,
            an_open_or_parked_fetch_is_not_scheduled_again,
            a_pointless_fetch_rests_until_it_is_listed_again,
            a_page_that_goes_and_comes_back_marks_what_is_due,
            a_column_with_something_new_is_visited_sooner,
            bodies_are_those_of_the_last_registry,
            old_polls_are_thinned_to_the_first_and_last_of_a_day,
        ]);
        $crate::store_conformance!($fresh, reports: [
            fresh_bytes_become_a_version_that_is_read_and_judged,
            the_same_text_brings_nothing_new,
            a_text_that_comes_back_is_a_revision,
            another_normaliser_is_never_unchanged,
            the_newest_version_is_current_whatever_the_order_of_reading,
            an_older_version_read_again_does_not_become_current,
            reading_again_keeps_the_ids_of_reports,
            a_document_with_fewer_reports_drops_the_rest,
            a_copy_takes_over_when_the_page_turns_into_another_report,
            a_page_about_the_report_does_not_displace_it,
            a_page_that_is_listed_as_the_report_and_read_as_something_else_carries_it_no_more,
            a_newer_copy_on_another_site_does_not_displace_the_publishers_own,
            a_report_without_owner_is_kept_and_counted,
            own_and_area_reports_stand_side_by_side,
            replay_raises_the_versions_of_its_filter,
            blobs_that_rows_name_are_known,
        ]);
        $crate::store_conformance!($fresh, findings: [
            a_finding_lives_persists_is_fixed_and_comes_back,
            a_rule_that_was_not_evaluated_fixes_nothing,
            a_version_that_is_not_current_changes_no_finding,
            a_dismissed_finding_stays_dismissed,
            dismissing_marks_what_is_due,
            who_dismissed_when_and_why_is_kept_for_good,
            findings_of_the_calendar_and_of_the_report_do_not_touch,
            judging_marks_what_is_due,
        ]);
        $crate::store_conformance!($fresh, alerts: [
            an_alert_is_told_once_for_each_change,
            a_held_alert_is_told_with_the_digest_only,
            an_alert_that_ends_while_held_is_never_told,
            an_end_that_is_held_is_told_with_the_digest_only,
            what_another_alert_says_ends_without_a_word,
            channels_and_keys_are_apart,
            a_due_row_writes_state_findings_and_alerts_together,
            an_alert_that_grows_graver_is_shown_so_and_not_told_again,
            the_open_alerts_of_a_channel_are_listed,
            a_replay_of_many_is_under_way_until_it_is_told,
        ]);
        $crate::store_conformance!($fresh, views: [
            latest_lists_current_reports_by_filter,
            coverage_counts_what_is_expected_found_and_sound,
            sites_tell_their_last_success,
            findings_are_counted_by_region,
            a_trail_tells_every_stage,
            a_trail_says_what_is_waited_for,
            nothing_is_known_of_what_never_was,
        ]);
        $crate::store_conformance!($fresh, listing: [
            current_reports_are_told_once_each_in_pages,
            a_report_that_is_renewed_between_two_pages_is_told_once,
            findings_are_told_with_their_life_and_whose_they_are,
            what_is_wanted_restricts_both,
        ]);
        $crate::store_conformance!($fresh, figures: [
            figures_sum_what_is_known_and_leave_out_what_is_blank,
            scopes_and_contradicting_reports_are_summed_apart,
            a_number_that_is_no_count_is_left_out,
        ]);
        $crate::store_conformance!($fresh, walk: [
            interleaved_work_never_doubles_a_report_nor_loses_a_row,
        ]);
    };
    ($fresh:path, $theme:ident: [$($fact:ident),* $(,)?]) => {
        mod $theme {
            $(
                #[tokio::test]
                async fn $fact() {
                    let fresh = $fresh().await;
                    $crate::conformance::$theme::$fact(fresh.store.clone()).await;
                }
            )*
        }
    };
}
