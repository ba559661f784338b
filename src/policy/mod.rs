//! Follow-up policy: pure functions of the known facts and the time.

mod access;
mod after_red;
mod answer_alerts;
mod call_backs;
mod call_pattern;
mod centre_calls;
mod certificate;
mod certificate_tries;
mod claims;
mod clock_guard;
mod day_limits;
mod days_off;
mod eligibility;
mod escalation;
mod guessing;
mod job_retry;
mod link_message;
mod log_in_throttle;
mod lost_calls;
mod missed_call_sms;
mod notice_text;
mod notices;
mod office_hours;
mod outcome;
mod pacing;
mod patient_search;
mod portal_codes;
mod portal_session;
mod quiet_call;
mod repeated_forms;
mod report_links;
mod retention;
mod retry;
mod rota;
mod rounds;
mod severity;
mod sign_of_life;
mod slots;
mod sms_price;
mod sms_segments;
mod spo2_question;
mod staff_message;
mod stop_words;
mod transfers;
mod unknown_outcome;
mod unregistered_reports;
mod unwanted_calls;
mod waiting_line;
mod web_session;
mod worsening;

pub use access::{Forbidden, Permission, Scope, require, scope};
pub use after_red::{AfterRed, AfterRedError};
pub use answer_alerts::{alert_of_correction, amber_answers};
pub use call_backs::{
    CALL_BACKS_COUNT_FOR, CALL_BACKS_PER_CENTRE, CALL_BACKS_PER_NUMBER, CallBackFate, CallBackState, PastCallBack,
    call_back_fate,
};
pub use call_pattern::{CallPattern, CallPatternError, UnusablePattern};
pub use centre_calls::{CentreCalls, CentreCallsError};
pub use certificate::{CertificateFacts, NoCertificate, asks_for_passport, certified};
pub use certificate_tries::WrongCodes;
pub use claims::{AlertPlace, LineState, line_state};
pub use clock_guard::{CLOCKS_AGREE, COMPARE_AGAIN, ClockGuard, Reading, Trust, Witness};
pub use day_limits::{CallPrice, DailyUsage, DayLimit, DayLimits};
pub use days_off::{DaysOff, DaysOffError};
pub use eligibility::{CallEligibility, ReportCovers, ReportCoversError};
pub use escalation::{Escalated, Escalating, NextRing, OPENED_WITHIN, PastStep, SAID_EVERY};
pub use guessing::{Failures, GuessingLimits, Lane, LaneState, Warn, WarnOf};
pub use job_retry::{MOST_RUNS, retry_job_after};
pub use link_message::link_message;
pub use log_in_throttle::{ClientKind, FailedTries, TRIES_COUNT_FOR, Tally, is_noted, log_in_wait};
pub use lost_calls::{AfterLoss, AtCarrier, AttemptWithoutLeg, KnownAttempt, ListedCall, after_loss, unaccounted};
pub use missed_call_sms::{MissedCallSms, MissedCallSmsError};
pub use notice_text::{
    InvitationParts, LeafletUrl, LeafletUrlError, NoticeParts, NoticeText, NoticeTextError, OwnWords, OwnWordsError,
    default_notice, invitation_message,
};
pub use notices::{
    Invitations, InvitationsError, NoticeDay, NoticeFacts, NoticeFate, NoticeSchedule, NoticeTime, NoticeTimeError,
    Reachable, expected_channel, notice_fate, unwanted_notice,
};
pub use office_hours::{OfficeHours, OfficeHoursError, report_day};
pub use outcome::{outcome_of_cause, outcome_of_conversation};
pub use pacing::{CentreCaps, CentreDemand, allowance, most_in_window, shares, window};
pub use patient_search::PatientTerms;
pub use portal_codes::{
    CODE_HOLDS_FOR, CODES_COUNT_FOR, CodesAsked, MOST_CODE_TRIES, WRONG_CODES_COUNT_FOR, code_wait, codes_are_locked,
};
pub use portal_session::{
    EMPTY_ACCOUNT_KEPT_FOR, LONGEST_STAY, Observed, PORTAL_SEEN_EVERY, is_recent_log_in, portal_session_holds,
};
pub use quiet_call::{CarrierSays, QuietCall, QuietFate, quiet_fate};
pub use repeated_forms::{CallContent, is_same_message, is_stored};
pub use report_links::{
    LinkEnd, LinkFacts, MOST_LINKS_A_DAY, MOST_WRONG_BIRTH_DATES, ReportLinks, ReportLinksError, goes_on_over_midnight,
};
pub use retention::{RETENTION_NOTICE, RetentionError, RetentionMonths, goes_at};
pub use retry::{
    AfterAttempt, EndedAttempt, FIRST_BACK_OFF, LONGEST_BACK_OFF, Retries, RetryPolicy, RetryPolicyError,
    after_attempt, back_off, counts_as_try, due_again,
};
pub use rota::{MergedRota, RotaConflict, RotaGap, RotaPart, merge_rotas, monday_of, next_on_duty, on_duty, rota_gaps};
pub use rounds::{NOT_REACHED_AGAIN_AFTER, PastStaffCall, ROUND_CLAIM_LASTS, RoundState, is_held, round_state};
pub use severity::{Thresholds, ThresholdsError, grade};
pub use sign_of_life::{AfterSign, Rival, RivalState, Sign, SlotThen, after_sign};
pub use slots::{CallingSchedule, PlannedSlot};
pub use sms_price::{Money, SmsPrice, SmsPriceError};
pub use sms_segments::sms_segments;
pub use spo2_question::{REPORTS_WITHOUT_SPO2, SPO2_ASKED_AGAIN_AFTER_DAYS, spo2_asked_again_on, spo2_question};
pub use staff_message::{LetterWords, staff_letter, staff_message, trial_message};
pub use stop_words::asks_to_stop;
pub use transfers::{DecisionFate, OPEN_PAGES_LAST, decision_fate, may_be_open, planned_from, window_after_transfer};
pub use unknown_outcome::{
    ASK_STAFF_AFTER, DEFAULT_GRACE, LONGEST_BETWEEN_LOOKS, LookupFinding, NextStep, UnknownAttempt, Wanted,
};
pub use unregistered_reports::{UnregisteredReports, UnregisteredReportsError};
pub use unwanted_calls::{CallFate, OpenCall, call_fates, last_window};
pub use waiting_line::{LineFull, LineLimits, LinePlace, PortalLines, WaitingLine, hashed_at_once};
pub use web_session::{DEVICE_KNOWN_FOR, SEEN_EVERY, SessionStanding, SessionTimes, session_standing};
pub use worsening::{Worsening, worsened};
