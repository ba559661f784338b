//! Calls as spoken, and their lists, after calls of the simulated network.

use std::collections::BTreeMap;
use std::time::Duration;

use kenkocall::carrier::simulator::{Health, Script};
use kenkocall::domain::{Item, Role, YesNo};

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan};
use crate::site::{OTHER, Site};

crate::on_both_databases!(a_call_is_shown_as_it_was_spoken, every_number_counts_its_list, the_log_is_read_page_by_page);

/// A day on which one patient reports a red sign, one doesn't answer, and one reports nothing.
async fn eventful(fresh: &Fresh) -> (Day, Site) {
    let mut ill = Health::well();
    ill.symptoms = BTreeMap::from([(Item::Complexion, YesNo::Yes)]);
    let second = Duration::from_secs(1);
    let people = vec![(0, vec![Script::answers(second).health(ill).into()]), (1, vec![Script::rings_out().into()])];
    let day = Day::begin(fresh, Plan { patients: vec!["09:00"; 3], people, ..Plan::default() }).await;
    day.until("09:10").await;
    let site = Site::of_day(&day).await;
    (day, site)
}

async fn a_call_is_shown_as_it_was_spoken(fresh: Fresh) {
    let (day, site) = eventful(&fresh).await;
    let nurse = site.nurse().await;
    let red = day.kept.column("SELECT call_id FROM alerts WHERE kind = 'red_answer'").await[0].clone();
    let call = red.clone();
    let mut visitor = site.logged_in(&nurse).await;
    assert!(visitor.get("/console/calls").await.body.contains(&format!("/console/calls/{call}\"")));
    let page = visitor.get(&format!("/console/calls/{call}")).await.clone();
    assert_eq!(page.status, 200, "{}", page.body);
    for expected in [
        "9:00 の自動架電",
        "電話に出た",
        "<kbd>1</kbd>",
        "顔・唇の色が悪い",
        "<span class=\"answer yes red\">はい</span>",
        "この電話では未質問",
        "090-1000-0001",
        "登録された電話番号",
    ] {
        assert!(page.body.contains(expected), "{expected} isn't in {}", page.body);
    }
    // On the health-call line, a birth date was keyed, which isn't kept.
    day.rings_in(2);
    day.until("09:20").await;
    let call = day.kept.column("SELECT id FROM calls WHERE line = 'health_call'").await[0].clone();
    let page = visitor.get(&format!("/console/calls/{call}")).await.body.clone();
    assert!(page.contains("電話をかけてきた") && page.contains("生年月日など。ここには表示しません"), "{page}");
    assert!(page.contains(&"<kbd>•</kbd>".repeat(7)), "{page}");
    let actions = site.actions().await;
    assert!(actions.iter().any(|action| action == "patient.call_shown"), "{actions:?}");
    // Another centre's nurse gets the page for what doesn't exist, and the trail shows the try.
    let other = site.member("other@mihon.example", Role::Nurse, Some(OTHER)).await;
    let mut visitor = site.logged_in(&other).await;
    assert_eq!(visitor.get(&format!("/console/calls/{red}")).await.status, 404);
    assert!(!visitor.get("/console/calls").await.body.contains(&call));
    assert!(site.actions().await.iter().any(|action| action == "call.not_found"));
}

/// The addresses and numbers of the links in a table.
fn links(page: &str, table: &str) -> Vec<(String, usize)> {
    let body = page.split(table).nth(1).unwrap().split("</table>").next().unwrap();
    let links = body.split("<a href=\"").skip(1).map(|rest| {
        let (path, rest) = rest.split_once("\">").unwrap();
        (path.replace("&#38;", "&"), rest.split('<').next().unwrap().parse().unwrap())
    });
    links.collect()
}

async fn every_number_counts_its_list(fresh: Fresh) {
    let (_day, site) = eventful(&fresh).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let page = visitor.get("/console/calls").await.body.clone();
    let numbers = links(&page, "class=\"plain numbers hours\"");
    assert!(numbers.len() >= 3, "{page}");
    assert!(numbers.iter().any(|(path, count)| path.contains("result=reported") && *count == 2), "{numbers:?}");
    for (path, count) in numbers {
        let list = visitor.get(&path).await.body.clone();
        let log = list.split("id=\"log\"").nth(1).unwrap();
        assert_eq!(log.matches("<th scope=\"row\">").count(), count, "{path}: {list}");
        assert!(list.contains("class=\"chip\""), "{path}");
    }
    let actions = site.actions().await;
    assert!(actions.iter().any(|action| action == "patient.calls_listed"), "{actions:?}");
    assert!(visitor.get("/console/calls/unknown").await.body.contains("結果不明の電話はありません"));
    let other = site.member("other@mihon.example", Role::Nurse, Some(OTHER)).await;
    let mut visitor = site.logged_in(&other).await;
    assert!(visitor.get("/console/calls").await.body.contains("この条件の電話はありません"));
}

async fn the_log_is_read_page_by_page(fresh: Fresh) {
    let plan = Plan { patients: vec!["09:00"; 60], ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    day.until("09:20").await;
    let site = Site::of_day(&day).await;
    let nurse = site.nurse().await;
    let mut visitor = site.logged_in(&nurse).await;
    let mut path = "/console/calls?line=automated_call".to_owned();
    let mut pages = Vec::new();
    loop {
        let page = visitor.get(&path).await.body.clone();
        pages.push(page.split("id=\"log\"").nth(1).unwrap().matches("<th scope=\"row\">").count());
        let Some(next) = page.split("class=\"button outline\" href=\"").nth(1) else { break };
        path = next.split('"').next().unwrap().replace("&#38;", "&");
    }
    assert_eq!(pages, [50, 10]);
}
