//! The language of the command line: `--lang`, the locale, and what doesn't depend on either.

use std::process::Output;

use super::CommandLine;
use super::databases::Fresh;

crate::on_both_databases!(
    a_refusal_speaks_the_language_of_the_option_or_of_the_locale,
    what_programs_read_has_no_language,
    a_list_is_refused_and_taken_in_japanese,
    patients_and_centres_are_shown_in_japanese,
    settings_are_checked_in_japanese,
    typical_refusals_are_japanese_sentences,
    help_and_wrong_arguments_are_told_in_japanese,
);

const JAPANESE: &str = "この HER-SYS ID で登録されている療養者はいません";
const ENGLISH: &str = "nobody is registered under this HER-SYS ID";

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a command with a locale, as `LANG` gives it.
fn in_locale(program: &CommandLine<'_>, locale: &str, arguments: &[&str]) -> Output {
    let mut command = program.command(arguments);
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", locale).output().expect("the program runs")
}

pub async fn a_refusal_speaks_the_language_of_the_option_or_of_the_locale(fresh: Fresh) {
    let program = CommandLine(&fresh);
    program.with_centre();
    let show: &[&str] = &["patients", "stop", "7654321"];
    for (locale, options, says) in [
        ("ja_JP.UTF-8", &[][..], JAPANESE),
        ("en_GB.UTF-8", &[], ENGLISH),
        ("de_DE.UTF-8", &[], ENGLISH),
        ("", &[], ENGLISH),
        ("C", &["--lang", "ja"], JAPANESE),
        ("ja_JP.UTF-8", &["--lang", "en"], ENGLISH),
        ("ja_JP.UTF-8", &["--lang", "xx"], ENGLISH),
    ] {
        let output = in_locale(&program, locale, &[show, options].concat());
        assert_eq!(output.status.code(), Some(3), "the exit code has no language");
        assert!(told(&output).contains(says), "{locale} {options:?}: {}", told(&output));
    }
}

const LIST: &str = "HER-SYS ID,生年月日,姓,名,電話番号,自動架電\n7654321,1980-04-01,見本,花子,09012345678,はい\n";

pub async fn what_programs_read_has_no_language(fresh: Fresh) {
    let program = CommandLine(&fresh);
    program.with_centre();
    program.import(LIST);
    for arguments in [
        &["alerts", "list"][..],
        &["patients", "list"],
        &["patients", "show", "7654321"],
        &["calls", "list"],
        &["centres", "show", "13101"],
        &["days", "show", "2026-11-28"],
        &["dialer", "show"],
        &["maintenance", "show"],
        &["outbox", "list"],
        &["config", "check"],
        &["config", "show"],
    ] {
        let json = [arguments, &["--json"]].concat();
        let english = in_locale(&program, "en_GB.UTF-8", &json);
        let japanese = in_locale(&program, "ja_JP.UTF-8", &json);
        assert!(english.status.success(), "{arguments:?}: {}", told(&english));
        assert_eq!(told(&english), told(&japanese), "{arguments:?}");
    }
}

pub async fn a_list_is_refused_and_taken_in_japanese(fresh: Fresh) {
    let program = CommandLine(&fresh);
    program.with_centre();
    let import = |content: &str| {
        let list = program.list(content);
        let path = list.to_str().expect("UTF-8").to_owned();
        let arguments = ["patients", "import", &path, "--centre", "13101"];
        let output = in_locale(&program, "ja_JP.UTF-8", &arguments);
        (output.status.code(), told(&output).replace(&path, "名簿"))
    };
    let wrong = LIST.replace("1980-04-01", "1980-13-01").replace("7654321", "765");
    insta::assert_snapshot!(import(&wrong).1);
    assert_eq!(import(&wrong).0, Some(3));
    assert_eq!(import(LIST), (Some(0), "新規1件、変更0件、変更なし0件\n".to_owned()));
    let stopped = in_locale(&program, "ja_JP.UTF-8", &["patients", "stop", "7654321"]);
    assert!(told(&stopped).starts_with("自動架電を停止しました: HER-SYS ID 7654321\n"), "{}", told(&stopped));
    let alerts = in_locale(&program, "ja_JP.UTF-8", &["alerts", "list"]);
    assert_eq!(told(&alerts), "未対応の通知はありません\n");
}

pub async fn patients_and_centres_are_shown_in_japanese(fresh: Fresh) {
    let program = CommandLine(&fresh);
    program.with_centre();
    program.import(LIST);
    for (arguments, says) in [
        (&["patients", "list"][..], "電話番号"),
        (&["patients", "show", "7654321"], "まだ報告がありません"),
        (&["patients", "show", "7654321"], "保健所の架電時刻に •••-••••-5678 へ自動架電します"),
        (&["patients", "list", "--name", "誰か"], "当てはまる療養者はいません"),
        (&["centres", "list"], "自動架電\n"),
        (&["centres", "show", "13101"], "30分おきに合計3回"),
        (&["centres", "set", "13101"], "変更はありません"),
        (&["config", "show"], "既定値"),
    ] {
        let output = in_locale(&program, "ja_JP.UTF-8", arguments);
        assert!(output.status.success() && told(&output).contains(says), "{arguments:?}: {}", told(&output));
    }
}

pub async fn settings_are_checked_in_japanese(fresh: Fresh) {
    let program = CommandLine(&fresh);
    let check = |locale: &str, arguments: &[&str]| {
        let mut command = program.command(&[&["config", "check"], arguments].concat());
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", locale);
        command.env("KENKOCALL_DIALER__CALLS_PER_SECOND", "0").env("KENKOCALL_SERVER__LISTEN", "nowhere");
        command.env("KENKOCALL_SERVER__LISTNE", "127.0.0.1:1").output().expect("the program runs")
    };
    let japanese = check("ja_JP.UTF-8", &[]);
    assert_eq!(japanese.status.code(), Some(4));
    for says in [
        "誤り: 環境変数 KENKOCALL_SERVER__LISTNE は使えません: この名前の設定はありません",
        "誤り: 環境変数 KENKOCALL_SERVER__LISTEN は使えません: server.listen の書き方が違います",
        "この設定は使えません。誤りが2件あります",
    ] {
        assert!(told(&japanese).contains(says), "{}", told(&japanese));
    }
    let json = |locale| String::from_utf8(check(locale, &["--json"]).stdout).expect("UTF-8");
    assert_eq!(json("ja_JP.UTF-8"), json("en_GB.UTF-8"));
    let warned = in_locale(&program, "ja_JP.UTF-8", &["config", "check"]);
    assert!(told(&warned).contains("注意: carrier の設定がないため"), "{}", told(&warned));
}

/// A sentence in Japanese has kana.
fn is_japanese(text: &str) -> bool {
    text.chars().any(|character| ('\u{3041}'..='\u{30ff}').contains(&character))
}

pub async fn typical_refusals_are_japanese_sentences(fresh: Fresh) {
    let program = CommandLine(&fresh);
    program.with_centre();
    for arguments in [
        &["patients", "stop", "7654321"][..],
        &["patients", "show", "12"],
        &["patients", "show", "x"],
        &["patients", "list", "--phone-ends", "x"],
        &["patients", "list", "--centre", "a b"],
        &["patients", "import", "/nowhere/list.csv", "--centre", "13101"],
        &["patients", "set", "7654321"],
        &["patients", "set", "7654321", "--call-times", "25:00"],
        &["patients", "erase", "7654321"],
        &["centres", "show", "99999"],
        &["centres", "set", "13101", "--phone", "12"],
        &["centres", "set", "13101", "--name", " "],
        &["centres", "set", "13101", "--time-zone", "Mars/Olympus"],
        &["centres", "set", "13101", "--call-pattern", "0 0 30 2 *"],
        &["calls", "show", "x"],
        &["calls", "show", "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04"],
        &["calls", "list", "--state", "x"],
        &["calls", "now", "7654321"],
        &["calls", "resolve", "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04", "answered"],
        &["dialer", "pause", "--reason", " "],
        &["dialer", "pause", "--reason", "x", "--until", "2020-01-01 00:00"],
        &["dialer", "reconcile"],
        &["days", "show", "2026-13-01"],
        &["reports", "export", "--from", "x", "--to", "2026-11-01"],
        &["reports", "export", "--from", "2026-11-02", "--to", "2026-11-01"],
        &["alerts", "close", "x"],
        &["alerts", "close", "0192f0c1-7f3a-7c11-8d5b-3b1f6a2c9e04"],
        &["alerts", "list", "--kind", "x"],
        &["outbox", "discard", "x"],
        &["maintenance", "start", "--until", "x"],
        &["audit", "verify", "--checkpoint", "/nowhere/file"],
        &["audit", "checkpoint", "/nowhere/file"],
        &["backup", "-"],
        &["restore", "/nowhere/file"],
        &["flows", "check", "/nowhere"],
        &["flows", "play", "nowhere"],
        &["flows", "test", "/nowhere"],
        &["flows", "form", "--answers", "nothing=1"],
        &["serve"],
        &["patients", "list", "--as", "\u{202e}x"],
        &["patients", "list", "--config", "/nowhere.toml"],
    ] {
        let output = in_locale(&program, "ja_JP.UTF-8", arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(1..=4)), "{arguments:?} succeeded: {}", told(&output));
        assert!(is_japanese(&said), "{arguments:?}: {said}");
    }
}

pub async fn help_and_wrong_arguments_are_told_in_japanese(fresh: Fresh) {
    let program = CommandLine(&fresh);
    let told_of = |arguments: &[&str]| told(&in_locale(&program, "ja_JP.UTF-8", arguments));
    insta::assert_snapshot!("help_of_the_program", told_of(&["--help"]));
    insta::assert_snapshot!("help_of_a_command", told_of(&["patients", "list", "--help"]));
    insta::assert_snapshot!("help_of_a_command_in_short", told_of(&["help", "calls", "resolve"]));
    let wrong: Vec<String> = [
        &["patients", "lst"][..],
        &["patients", "list", "--stats", "all"],
        &["patients", "list", "--status", "gone"],
        &["patients", "list", "--limit", "0"],
        &["patients", "list", "--limit"],
        &["patients", "show"],
        &["calls", "list", "--centre", "13101", "--hersys-id", "7654321"],
        &["centres", "set", "13101", "--retry", "often"],
        &["centres", "set", "13101", "--call-pattern", "0 x * * *"],
        &["centres", "set", "13101", "--office-hours", "9-"],
        &["centres", "set", "13101", "--calls-per-day", "many"],
        &["flows", "form", "--answers", "x"],
        &["patients", "set", "7654321", "--revision", "x"],
    ]
    .iter()
    .map(|arguments| {
        let output = in_locale(&program, "ja_JP.UTF-8", arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", told(&output));
        format!("$ kenkocall {}\n{}", arguments.join(" "), told(&output))
    })
    .collect();
    insta::assert_snapshot!("wrong_arguments", wrong.join("\n"));
    assert!(told_of(&["--version"]).starts_with("kenkocall "));
}
