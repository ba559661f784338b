//! What the dry run of a list says about people who were called today already: whether a new time calls them again.

use kenkocall::domain::PatientId;
use kenkocall::lab::synthetic_identity;

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;
use crate::patient_imports::uploaded;
use crate::site::Site;

crate::on_both_databases!(a_dry_run_says_who_was_called_today_and_whether_again,);

/// A slot of today whose call was placed once and has ended.
async fn was_called(fresh: &Fresh, patient: PatientId) {
    let sql = format!(
        "INSERT INTO slots (id, patient_id, centre_code, slot_date, slot_time, origin, opened_at, due_at, window_end,
         state, reason, attempts, tries, ended_at) SELECT '{}', id, centre_code, '2026-11-28', '09:00', 'schedule', 0,
         0, 1, 'unanswered', 'no_answer', 1, 1, 2 FROM patients WHERE id = '{patient}'",
        uuid::Uuid::now_v7()
    );
    DatabaseAssertions::at(&fresh.url).rows(&sql).await;
}

async fn a_dry_run_says_who_was_called_today_and_whether_again(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    for nth in 0..2 {
        was_called(&fresh, site.patient(nth).await).await;
    }
    let [one, two] = [0, 1].map(|nth| synthetic_identity(nth).unwrap().0.expose().to_owned());
    for (times, told) in [
        (["16:30", "16:30"], "2人には今日すでにかけました。新しい時刻に今日もう一度かけます。"),
        (["9:10", "9:10"], "2人には今日すでにかけました。今日はもうかけません。"),
        (["16:30", "9:10"], "2人には今日すでにかけました。うち1人には新しい時刻に今日もう一度かけます。"),
    ] {
        let [first, second] = times;
        let list = format!(
            "HER-SYS ID,生年月日,姓,名,架電時刻\n{one},1980-04-01,見本,花子,{first}\n{two},1980-04-01,見本,花子,{second}\n"
        );
        let path = uploaded(&mut visitor, "時刻.csv", list.as_bytes()).await;
        let page = visitor.page.body.clone();
        let plain: String = page.split('<').filter_map(|part| part.split_once('>').map(|(_, text)| text)).collect();
        assert!(plain.contains(told), "{times:?} at {path}: {plain}");
    }
}
