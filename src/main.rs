//! The program: arguments become one command.

use std::process::ExitCode;

fn main() -> ExitCode {
    kenkocall::commands::run()
}
