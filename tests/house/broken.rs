//! Each rule tested on small trees: one that complies with it, and others that break it.

use super::source::read;
use super::{RULES, Tree};

/// A rule's complaints about a tree of (path, text).
fn complaints(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    let tree: Tree = files.iter().map(|(path, text)| ((*path).to_owned(), read(text).expect(text))).collect();
    let (_, rule) = RULES.iter().find(|(name, _)| *name == rule).expect("a rule of this name");
    rule(&tree)
}

/// The rule accepts the first text and complains once about each of the others, in the same place.
fn tells(rule: &str, path: &str, kept: &str, broken: &[&str]) {
    assert_eq!(complaints(rule, &[(path, kept)]), Vec::<String>::new(), "{rule}: {kept}");
    for text in broken {
        let found = complaints(rule, &[(path, text)]);
        assert_eq!(found.len(), 1, "{rule}: {text}: {found:?}");
        assert!(found[0].starts_with(path), "{found:?}");
    }
}

#[test]
fn an_upward_import_is_told() {
    tells(
        "layers",
        "src/engine/step.rs",
        "//! crate::store\nuse crate::{domain::Item, flow};\nuse super::session; // crate::web\n",
        &[
            "use crate::store::Tx;",
            "use crate::{\n    domain,\n    store::{Tx, calls},\n};",
            "fn f() { crate::web::page() }",
            "use super::super::service;",
            "use crate::nowhere::X;",
            "use crate::flow_test::FlowTest as R;",
        ],
    );
}

#[test]
fn a_neighbour_s_import_and_a_module_without_layer_are_told() {
    tells("layers", "src/store/calls.rs", "use crate::store::tx;", &["use crate::carrier::Twilio;"]);
    tells(
        "layers",
        "src/policy/grade.rs",
        "use crate::domain::number;",
        &["use crate::flow::Flow;", "use crate::config::Log;"],
    );
    assert_eq!(complaints("layers", &[("src/attic/mod.rs", "")]).len(), 1);
}

#[test]
fn store_and_carrier_meet_only_in_service() {
    let store = "use crate::store::Tx;";
    let carrier = "use crate::carrier::Carrier;";
    let both = |module: &str| {
        let (first, second) = (format!("src/{module}/one.rs"), format!("src/{module}/two.rs"));
        complaints("meetings", &[(&first, store), (&second, carrier)]).len()
    };
    assert_eq!((both("service"), both("commands"), both("web")), (0, 0, 1));
}

#[test]
fn a_command_imports_services_and_no_lower_layer() {
    tells(
        "commands",
        "src/commands/alerts.rs",
        "use crate::service::list_alerts;\nuse crate::{app, domain::Severity};\nuse super::arguments::Form;\n",
        &["use crate::store::Tx;", "use crate::{domain, policy::Scope};", "fn f() { crate::carrier::dial() }"],
    );
    tells("commands", "src/commands/flows/form.rs", "use crate::engine::form::submit;", &["use crate::store::Tx;"]);
    tells("commands", "src/lab/demo/phone.rs", "use crate::store::Tx;", &[]);
    let idle = complaints("commands", &[("src/commands/mod.rs", "")]);
    assert!(!idle.is_empty() && idle.iter().all(|told| told.contains("take it off the list")), "{idle:?}");
}

#[test]
fn a_name_that_the_services_hand_on_is_imported_from_its_module() {
    let facade = ("src/service/mod.rs", "mod alerts;\nmod calls;\npub use alerts::AlertView;");
    let told = |import: &str| complaints("circles", &[facade, ("src/service/calls/show.rs", import)]).len();
    assert_eq!(told("use crate::service::alerts::AlertView;"), 0);
    assert_eq!(told("use crate::service::AlertView;"), 1);
    assert_eq!(told("use super::super::AlertView;"), 1);
}

#[test]
fn impurity_is_told() {
    let kept = "//! tokio\nuse std::time::Duration;\nfn f(now: Timestamp) { g(\"sqlx\", 'r', b'\"') }\n\
        #[cfg(test)]\nmod tests {\n    use std::fs;\n    fn t() { Timestamp::now(); }\n}\n";
    let broken = [
        "use sqlx::Row;",
        "use std::{collections::BTreeMap, fs};",
        "fn f() { jiff::Timestamp::now() }",
        "async fn f() {}",
        "fn f(x: F) { x.await }",
        "use std::time::SystemTime;",
        "fn f() { Uuid::now_v7() }",
        "fn f() -> u8 { rand::random() }",
        "#[cfg(test)]\nmod tests {}\nuse axum::Router;",
    ];
    for path in ["src/domain/x.rs", "src/policy/x.rs", "src/engine/x.rs"] {
        tells("purity", path, kept, &broken);
    }
    assert!(complaints("purity", &[("src/store/x.rs", broken[0]), ("src/config/x.rs", broken[1])]).is_empty());
    let apart = [("src/lib.rs", "mod domain;"), ("src/domain.rs", "#[cfg(test)]\nmod tests;")];
    assert!(complaints("purity", &[apart[0], apart[1], ("src/domain/tests.rs", "use std::fs;")]).is_empty());
}

#[test]
fn sql_outside_the_store_is_told() {
    tells(
        "sql",
        "src/service/x.rs",
        "// \"SELECT 1\"\n/// SELECT 1\nconst A: [&str; 2] = [\"DELETE\", \"Select a language\"];",
        &[
            "fn f() { g(\"SELECT 1\") }",
            "fn f() { g(r#\"\n  UPDATE calls SET a = \"b\"\"#) }",
            "fn f() { g(\"INSERT \\\n INTO x\") }",
            "fn f() { g!(\"{}\", [\"DELETE FROM x\"]) }",
            "const A: &[u8] = b\"DELETE FROM x\";",
        ],
    );
    assert!(complaints("sql", &[("src/store/x.rs", "const A: &str = \"SELECT 1\";")]).is_empty());
}

#[test]
fn a_lifted_ban_is_told() {
    let lifted = "#[allow(clippy::disallowed_methods)]\nfn now() {}";
    tells("fetching", "src/service/x.rs", "#[allow(dead_code)]\nfn f() {}", &[lifted]);
    assert!(complaints("fetching", &[("src/service/context/clock.rs", lifted)]).is_empty());
}

#[test]
fn openings_names_and_sizes_are_told() {
    tells("openings", "src/domain/x.rs", "//! Why.\n", &["", "use std::fmt;\n", "/// Why.\nmod x;\n"]);
    for path in ["src/web/util.rs", "src/models/x.rs", "tests/common/mod.rs"] {
        tells("drawers", "src/flow/model.rs", "", &[]);
        assert_eq!(complaints("drawers", &[(path, "")]).len(), 1, "{path}");
    }
    let wide = |character: &str, times: usize| format!("// {}", character.repeat(times));
    let function = format!("fn {}() {{}}", "f".repeat(113));
    let quoted = format!("// \"{}\"", "a".repeat(116));
    tells("widths", "src/domain/x.rs", &wide("健", 117), &[&wide("健", 118), &function, &quoted]);
    tells("widths", "src/domain/x.rs", &format!("const A: &str = \"{}\";", "a".repeat(121)), &[]);
}

#[test]
fn length_counts_code_alone() {
    let lines = |count: usize| "const A: u8 =\n    1;\n".repeat(count / 2);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", lines(600));
    let kept = format!("{}\n/// Why.\n// How.\n/* And\nwhere. */\n\n{tests}", lines(500));
    let text = format!("{}const B: &str = \"\n\n\";", lines(498));
    tells("lengths", "src/domain/x.rs", &kept, &[&format!("{kept}fn f() {{}}"), &text, &lines(502)]);
}

#[test]
fn a_type_in_too_many_files_is_told() {
    let block = |name: &str| format!("impl {name} {{}}\nimpl<'a> Clone for Tx<'a> {{}}\n#[cfg(test)]\nimpl Tx {{}}");
    let files = |last: &str| {
        let texts = [block("Tx"), block("Tx<'_>"), block("super::Tx"), block(last)];
        let tree: Vec<_> = texts.iter().enumerate().map(|(nth, text)| (format!("src/store/{nth}.rs"), text)).collect();
        let tree: Vec<(&str, &str)> = tree.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        complaints("spread types", &tree).len()
    };
    assert_eq!((files("Row"), files("Tx")), (0, 1));
}

#[test]
fn a_full_folder_is_told() {
    let in_folder = |count: usize| {
        let paths: Vec<String> = (0..count).map(|nth| format!("src/web/{nth}.rs")).collect();
        let mut tree: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
        tree.push(("src/web/calls/mod.rs", ""));
        complaints("small folders", &tree).len()
    };
    assert_eq!((in_folder(8), in_folder(9)), (0, 1));
}

#[test]
fn modules_that_import_each_other_are_told() {
    let tree = |back: &str| {
        let files = [
            ("src/web/mod.rs", "mod alerts;\nmod calls;\nmod people;\npub use people::{Person as One, list};"),
            ("src/web/alerts.rs", "use super::calls::Call;\n#[cfg(test)]\nmod tests { use crate::web::One; }"),
            ("src/web/calls/mod.rs", "mod row;\nfn f() { crate::web::One::new() }"),
            ("src/web/calls/row.rs", "use super::{Call, super::One};\nuse crate::engine::Step;"),
            ("src/web/people.rs", back),
        ];
        complaints("circles", &files)
    };
    assert_eq!(tree("use crate::{domain::PatientId, store::Tx};\n// use super::alerts;"), Vec::<String>::new());
    for back in ["use super::alerts::Alert;", "fn f() { g!(crate::web::calls::Call) }", "use super::*;"] {
        let found = tree(back);
        assert_eq!(found.len(), 1, "{back}: {found:?}");
        assert!(found[0].contains("src/web/people.rs:1"), "{found:?}");
    }
}

#[test]
fn a_service_function_that_asks_nobody_is_told() {
    let asks = "pub async fn list(context: &Context, actor: &Actor) -> R { let scope = scope(actor, P::View)?; f() }
        pub async fn stop(context: &Context, actor: &Actor) -> R { require(actor, P::Stop)?; f() }
        pub(super) async fn inner(tx: &mut Tx) {} pub fn code() {}
        #[cfg(test)] mod tests { pub async fn list() {} }";
    tells(
        "permissions",
        "src/service/patients/list.rs",
        asks,
        &[
            "pub async fn list(context: &Context) -> R { f() }",
            "pub async fn list(actor: &Actor) -> R { f()?; require(actor, P::View)?; }",
            "pub async fn list(actor: &Actor) -> R { let _ = scope(actor, P::View); f() }",
            "pub async fn list(actor: &Actor) -> R { scope(&Actor::System, P::View)?; f() }",
            "impl Page { pub async fn list(actor: &Actor) -> R { f() } }",
        ],
    );
}

#[test]
fn a_service_function_that_is_not_tried_as_somebody_of_another_centre_is_told() {
    let tried = "pub async fn show_patient(actor: &Actor) {} pub(super) async fn inner() {}";
    tells("other centres", "src/service/patients/change.rs", tried, &["pub async fn show_all(actor: &Actor) {}"]);
}

#[test]
fn a_dead_file_is_told() {
    let alive = [
        ("src/lib.rs", "pub mod domain;\nmod web { }\n#[cfg(test)]\nmod trials;"),
        ("src/main.rs", "fn main() {}"),
        ("src/domain/mod.rs", "mod keys;\n// mod ids;"),
        ("src/domain/keys.rs", ""),
        ("src/trials.rs", ""),
    ];
    assert_eq!(complaints("dead files", &alive), Vec::<String>::new());
    let mut dead = alive.to_vec();
    dead.push(("src/domain/ids.rs", ""));
    assert_eq!(complaints("dead files", &dead).len(), 1);
}

#[test]
fn a_replaced_name_or_phrase_is_told() {
    tells(
        "plain words",
        "src/engine/x.rs",
        "//! Calls without success.\nuse super::CarrierEvent;\n",
        &["use super::Knock;\n", "//! Calls in vain.\n", "/// The time; none when unknown.\nmod x;\n"],
    );
}

#[test]
fn every_rule_has_a_broken_tree() {
    let trials = include_str!("broken.rs");
    for (name, _) in RULES {
        assert!(
            trials.contains(&format!("(\"{name}\", ")) || trials.contains(&format!("\n        \"{name}\",")),
            "{name}"
        );
    }
}
