//! `kenkocall completions` and `kenkocall man`: generates shell completions and man pages from the commands.

use std::path::Path;

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};

use super::ExtraCommands;
use super::help;
use super::language::{self, text};
use super::output::{failure, outln, write_raw};

/// The name of the program.
const PROGRAM: &str = "kenkocall";

/// Writes the completions of a shell to standard output.
pub(super) fn completions<Extra: ExtraCommands>(shell: clap_complete::Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    let mut all = help::in_language(super::Arguments::<Extra>::command(), language::current());
    clap_complete::generate(shell, &mut all, PROGRAM, &mut script);
    write_raw(&String::from_utf8_lossy(&script));
    failure()
}

/// Writes a man page for each command into a folder.
pub(super) fn write<Extra: ExtraCommands>(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| text!("man-no-folder", folder = folder.display().to_string()))?;
    let all = super::Arguments::<Extra>::command().disable_help_subcommand(true);
    let mut all = help::in_language(all, language::current());
    all.build();
    let mut pages = 0;
    page(&all, PROGRAM, folder, &mut pages)?;
    outln!("{}", text!("man-pages", pages = pages, folder = folder.display().to_string()));
    Ok(())
}

/// Writes the page of a command and those of its subcommands: `kenkocall-patients-list.1`.
fn page(command: &Command, name: &str, folder: &Path, pages: &mut u32) -> anyhow::Result<()> {
    let file = folder.join(format!("{name}.1"));
    let mut text = Vec::new();
    let named = command.clone().display_name(name.to_owned());
    clap_mangen::Man::new(named).render(&mut text).with_context(|| text!("man-no-page"))?;
    std::fs::write(&file, text).with_context(|| text!("man-not-written", file = file.display().to_string()))?;
    *pages += 1;
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        page(inner, &format!("{name}-{}", inner.get_name()), folder, pages)?;
    }
    Ok(())
}
