//! The language of the command line: `--lang`, the locale, and what doesn't depend on either.

use std::process::Output;

use super::CommandLine;
use super::databases::Fresh;

crate::on_both_databases!(a_refusal_speaks_the_language_of_the_option_or_of_the_locale);

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
