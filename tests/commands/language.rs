//! The language of the command line: `--lang`, the locale, and what doesn't depend on either.

use std::process::Output;

use super::CommandLine;
use super::databases::Fresh;

crate::on_both_databases!(
    a_refusal_speaks_the_language_of_the_option_or_of_the_locale,
    what_programs_read_has_no_language,
    a_list_is_refused_and_taken_in_japanese,
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
