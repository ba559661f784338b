//! Every route × role × health centre: what isn't yours is the same 404 as what doesn't exist.

use axum::http::Method;
use kenkocall::domain::{AlertKind, Role};
use kenkocall::lab::SYNTHETIC_CENTRE;

use crate::databases::Fresh;
use crate::own_routes;
use crate::site::{OTHER, Site, Visitor};

crate::on_both_databases!(every_route_for_every_role_and_centre);

/// The answers to nobody, a nurse and an administrator of the alert's centre, the same of another centre, the help desk
/// and a system administrator. `in` leads to the log-in.
const IN: u16 = 303;

/// Each route of the console with what it gives to each of them.
const ROUTES: [(&str, [u16; 7]); 19] = [
    ("GET /", [IN, 303, 303, 303, 303, 303, 303]),
    ("GET /log-in", [200, 303, 303, 303, 303, 303, 303]),
    ("GET /log-in/second-factor", [IN, 303, 303, 303, 303, 303, 303]),
    ("POST /log-out", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /invitation/{token}", [404, 404, 404, 404, 404, 404, 404]),
    ("POST /invitation/{token}/second-factor", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /language/{language}", [303, 303, 303, 303, 303, 303, 303]),
    ("GET /today", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /alerts/{alert}/close", [IN, 200, 200, 404, 404, 404, 404]),
    // Forms without the token of the visit.
    ("POST /alerts/{alert}/take", [403, 403, 403, 403, 403, 403, 403]),
    ("POST /alerts/{alert}/give-back", [403, 403, 403, 403, 403, 403, 403]),
    ("POST /alerts/{alert}/notes", [403, 403, 403, 403, 403, 403, 403]),
    ("POST /alerts/{alert}/stop-request", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /live", [IN, 200, 200, 200, 200, 404, 404]),
    ("POST /account/red-sound", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /figures", [IN, 404, 404, 404, 404, 200, 200]),
    ("GET /account", [IN, 200, 200, 200, 200, 200, 200]),
    ("POST /account/log-out-everywhere", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /static/{file}", [404, 404, 404, 404, 404, 404, 404]),
];

/// The same of the pages about patients.
const PATIENT_ROUTES: [(&str, [u16; 7]); 23] = [
    ("GET /patients", [IN, 200, 200, 200, 200, 404, 404]),
    ("POST /patients", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/new", [IN, 200, 200, 200, 200, 404, 404]),
    ("POST /patients/new", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/{patient}", [IN, 200, 200, 404, 404, 404, 404]),
    ("GET /patients/{patient}/change", [IN, 200, 200, 404, 404, 404, 404]),
    ("POST /patients/{patient}/change", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/{patient}/report", [IN, 200, 200, 404, 404, 404, 404]),
    ("POST /patients/{patient}/report", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/{patient}/certificate", [IN, 200, 200, 404, 404, 404, 404]),
    ("POST /patients/{patient}/certificate", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/{patient}/certificate/{kind}", [IN, 404, 404, 404, 404, 404, 404]),
    ("POST /patients/{patient}/certificate/{kind}", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/{patient}/diagnosis", [IN, 200, 200, 404, 404, 404, 404]),
    ("POST /patients/{patient}/diagnosis", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/{patient}/reports/{report}/correct", [IN, 404, 404, 404, 404, 404, 404]),
    ("POST /patients/{patient}/reports/{report}/correct", [403, 403, 403, 403, 403, 403, 403]),
    ("POST /patients/{patient}/notes", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/{patient}/{decision}", [IN, 200, 200, 404, 404, 404, 404]),
    ("POST /patients/{patient}/{decision}", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/{patient}/calls", [IN, 200, 200, 404, 404, 404, 404]),
    ("GET /patients/{patient}/calls/{call}", [IN, 404, 404, 404, 404, 404, 404]),
    ("GET /patients/{patient}/nonsense", [IN, 404, 404, 404, 404, 404, 404]),
];

/// All of them.
pub fn all_routes() -> impl Iterator<Item = (&'static str, [u16; 7])> {
    ROUTES.iter().chain(&PATIENT_ROUTES).chain(own_routes::ROUTES).copied()
}

async fn every_route_for_every_role_and_centre(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let alert = site.alert(AlertKind::RedAnswer, Some(site.patient(0).await), 5).await;
    let mut visitors: Vec<Visitor> = vec![site.visitor()];
    for (nth, (role, centre)) in [
        (Role::Nurse, Some(SYNTHETIC_CENTRE)),
        (Role::CentreAdministrator, Some(SYNTHETIC_CENTRE)),
        (Role::Nurse, Some(OTHER)),
        (Role::CentreAdministrator, Some(OTHER)),
        (Role::HelpDesk, None),
        (Role::SystemAdministrator, None),
    ]
    .into_iter()
    .enumerate()
    {
        let member = site.member(&format!("staff{nth}@mihon.example"), role, centre).await;
        visitors.push(site.logged_in(&member).await);
    }
    let patient = site.patient(0).await.to_string();
    for (route, expected) in ROUTES.iter().chain(&PATIENT_ROUTES).chain(own_routes::ROUTES) {
        let (method, path) = route.split_once(' ').unwrap();
        let path = path.replace("{patient}", &patient).replace("{decision}", "stop").replace("{call}", &patient);
        let path = path.replace("{alert}", &alert.to_string()).replace("{token}", "x").replace("{language}", "ja");
        let path = path
            .replace("{group}", "hours")
            .replace("{account}", "x")
            .replace("{format}", "csv")
            .replace("{report}", &patient)
            .replace("{transfer}", "x")
            .replace("{entry}", "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04");
        let path = format!("/console{}", path.trim_end_matches('/'));
        let method: Method = method.parse().unwrap();
        let mut found = Vec::new();
        for visitor in &visitors {
            let mut visitor = visitor.clone();
            let headers = visitor.form_headers.clone();
            let page = visitor.send(method.clone(), &path, headers, String::new()).await;
            found.push(page.status);
            let is_seen = page.body.contains("1000000") || page.body.contains("見本 花子");
            assert!(!is_seen || page.status == 200, "{route} shows a person with {}", page.status);
        }
        assert_eq!(found, *expected, "{route}");
    }
    // What isn't theirs looks like what doesn't exist, and the try is in the trail.
    for visitor in &mut visitors[3..] {
        let theirs =
            visitor.get(&format!("/console/alerts/{alert}/close")).await.body.replace(&alert.to_string(), "ID");
        let missing = "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04";
        let nothing = visitor.get(&format!("/console/alerts/{missing}/close")).await.body.replace(missing, "ID");
        assert_eq!(theirs, nothing);
        let fields = [("reason", "nothing"), ("others", "0")];
        visitor.get("/console/account").await;
        assert_eq!(visitor.post(&format!("/console/alerts/{alert}/close"), &fields).await.status, 404);
        for (form, fields) in
            [("take", &[][..]), ("give-back", &[]), ("notes", &[("note_id", missing), ("line_note", "x")])]
        {
            visitor.get("/console/account").await;
            let refused = visitor.post(&format!("/console/alerts/{alert}/{form}"), fields).await;
            assert_eq!(refused.status, 404, "{form}");
        }
        assert!(!visitor.get("/console/today").await.body.contains("見本 花子"));
    }
    let actions = site.actions().await;
    assert!(actions.iter().any(|action| action == "alert.not_found"), "{actions:?}");
    let done = ["alert.closed", "alert.taken", "alert.given_back", "alert.noted"];
    assert!(!actions.iter().any(|action| done.contains(&action.as_str())), "{actions:?}");
}

/// A new route must be in the table.
#[test]
fn every_route_is_in_the_table() {
    let source = crate::house::console_source();
    let routes: Vec<&str> = source.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(routes.len() > 10, "{routes:?}");
    // As people type the first page; it only leads there.
    for route in routes.into_iter().filter(|route| *route != "/console/") {
        let mut known = ROUTES.iter().chain(&PATIENT_ROUTES).chain(own_routes::ROUTES);
        assert!(known.any(|(known, _)| known.ends_with(&format!(" {route}"))), "{route} isn't in the table");
    }
}
