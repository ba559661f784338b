//! Documents in two languages correspond: the READMEs and the requirements.

use std::collections::BTreeSet;

use crate::text;

/// The lines of code, without comments.
fn commands(readme: &str) -> Vec<String> {
    let code = readme.lines().filter_map(|line| line.strip_prefix("    "));
    code.map(|line| line.split(" # ").next().unwrap_or_default().trim_end().to_owned()).collect()
}

/// The targets of links and pictures.
fn targets(readme: &str) -> BTreeSet<String> {
    let after = readme.split("](").skip(1);
    after
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.starts_with("README"))
        .map(str::to_owned)
        .collect()
}

/// The ids in the table of requirements.
fn requirements(text: &str) -> Vec<String> {
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    rows.skip(1)
        .filter_map(|row| row.split('|').nth(1))
        .map(|id| id.trim().replace("質問票", "questionnaire").replace('、', ", "))
        .collect()
}

#[test]
fn both_readmes_have_the_same_commands() {
    let english = commands(&text("README.md"));
    assert!(english.len() > 15, "{english:?}");
    assert_eq!(commands(&text("README.ja.md")), english);
}

#[test]
fn both_readmes_lead_to_the_same_places() {
    assert_eq!(targets(&text("README.ja.md")), targets(&text("README.md")));
}

#[test]
fn both_languages_have_the_same_requirements() {
    let english = requirements(&text("docs/requirements.md"));
    assert!(english.len() > 25, "{english:?}");
    assert_eq!(requirements(&text("docs/requirements.ja.md")), english);
}

#[test]
fn each_readme_leads_to_the_other() {
    assert!(text("README.md").contains("](README.ja.md)") && text("README.ja.md").contains("](README.md)"));
}
