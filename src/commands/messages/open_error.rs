//! What is said about databases that can't be opened, copied or restored.

use std::path::Path;

use super::ToMessage;
use crate::store::{
    CopyError, CopyFault, CopyRefused, CopyStep, Distrust, FileFault, NoDatabase, NotCreated, OpenFault, ServerFault,
    StepTodo, Unmade,
};
use crate::translations::{Message, message};

impl ToMessage for OpenFault {
    fn message(&self) -> Message {
        match self {
            Self::Scheme => message!("open-scheme"),
            Self::ServerAddress => message!("open-server-address"),
            Self::UnknownParameter => message!("open-unknown-parameter"),
            Self::FileOfParameter { parameter, why: Some(why) } => {
                message!("open-file-of-parameter", parameter = parameter, why = why)
            }
            Self::FileOfParameter { parameter, why: None } => {
                message!("open-folder-of-parameter", parameter = parameter)
            }
            Self::SeveralServers => message!("open-several-servers"),
            Self::OptionalEncryption(host) => message!("open-optional-encryption", host = host),
            Self::FileParameters(path) => message!("open-file-parameters", path = path),
            Self::FileEscape(path) => message!("open-file-escape", path = path),
            Self::NoFileName => message!("open-no-file-name"),
            Self::RelativePath(path) => message!("open-relative-path", path = path),
            Self::File { path, fault } => file(path, fault),
            Self::Server { server, fault } => of_server(server, fault),
            Self::Migration(why) => message!("open-migration", why = why),
            Self::NotOwner(Unmade::Tables) => message!("open-not-owner-of-tables"),
            Self::NotOwner(Unmade::Guards) => message!("open-not-owner-of-guards"),
            Self::Tables(why) => message!("open-tables", why = why),
        }
    }
}

fn file(path: &Path, fault: &FileFault) -> Message {
    let path = path.display().to_string();
    match fault {
        FileFault::IsFolder => message!("file-is-folder", path = path),
        FileFault::NoFolder => message!("file-no-folder", path = path),
        FileFault::ReadOnly => message!("file-read-only", path = path),
        FileFault::NotCreated(why, NotCreated::FullDisk) => {
            message!("file-not-created-full", path = path, why = why)
        }
        FileFault::NotCreated(why, NotCreated::ReadOnlyDisk) => {
            message!("file-not-created-read-only", path = path, why = why)
        }
        FileFault::NotCreated(why, NotCreated::Other) => message!("file-not-created", path = path, why = why),
        FileFault::NotReached(why) => message!("file-not-reached", path = path, why = why),
        FileFault::Log => message!("file-log", path = path),
        FileFault::ReadOnlyDisk => message!("file-read-only-disk", path = path),
        FileFault::FullDisk => message!("file-full-disk", path = path),
        FileFault::FailingDisk => message!("file-failing-disk", path = path),
        FileFault::NotWritable => message!("file-not-writable", path = path),
        FileFault::NotADatabase => message!("file-not-a-database", path = path),
        FileFault::Damaged => message!("file-damaged", path = path),
        FileFault::Other(why) => message!("file-other", path = path, why = why),
        FileFault::UnwritableDisk => message!("file-located", path = path, fault = message!("database-full")),
        FileFault::UnwritableFile => {
            message!("file-located", path = path, fault = message!("database-read-only"))
        }
    }
}

fn of_server(server: &str, fault: &ServerFault) -> Message {
    match fault {
        ServerFault::Refused(why) => message!("server-refused", server = server, why = why),
        ServerFault::NotEncrypted(why) => message!("server-not-encrypted", server = server, why = why),
        ServerFault::NotTrusted(why, distrust) => {
            let todo = match distrust {
                Distrust::Issuer => message!("distrust-issuer"),
                Distrust::Name => message!("distrust-name"),
                Distrust::Time => message!("distrust-time"),
                Distrust::Authority => message!("distrust-authority"),
                Distrust::Other => message!("distrust-other"),
            };
            message!("server-not-trusted", server = server, why = why, todo = todo)
        }
    }
}

/// What is said about a server that doesn't answer.
pub(super) fn unreachable(server: &str, why: Option<&str>) -> Message {
    match why {
        Some(why) => message!("server-unreachable", server = server, why = why),
        None => message!("server-silent", server = server),
    }
}

impl ToMessage for NoDatabase {
    fn message(&self) -> Message {
        match self {
            Self::NoFile(path) => message!("no-database-file", path = path.display().to_string()),
            Self::NoTablesInFile(path) => message!("no-database-tables", path = path.display().to_string()),
            Self::NoTables { name, server } => {
                message!("no-database-on-server", name = name, server = server)
            }
        }
    }
}

impl ToMessage for CopyError {
    fn message(&self) -> Message {
        match self {
            Self::Refused(refused) => refused.message(),
            Self::Store(error) => error.message(),
        }
    }
}

impl ToMessage for CopyRefused {
    fn message(&self) -> Message {
        let path = self.path.display().to_string();
        match &self.fault {
            CopyFault::NoName => message!("copy-no-name", path = path),
            CopyFault::NotUtf8 => message!("copy-not-utf8", path = path),
            CopyFault::InProgress => message!("copy-in-progress", path = path),
            CopyFault::Exists => message!("copy-exists", path = path),
            CopyFault::MadeMeanwhile => message!("copy-made-meanwhile", path = path),
            CopyFault::FailingDisk => message!("copy-failing-disk", path = path),
            CopyFault::NotFound(why) => message!("copy-not-found", path = path, why = why),
            CopyFault::Unreadable(why) => message!("copy-unreadable", path = path, why = why),
            CopyFault::NotAFile => message!("copy-not-a-file", path = path),
            CopyFault::IsTheDatabase => message!("copy-is-the-database", path = path),
            CopyFault::NotADatabase => message!("copy-not-a-database", path = path),
            CopyFault::Damaged => message!("copy-damaged", path = path),
            CopyFault::Step(step, why, todo) => {
                let todo = step_todo(*todo);
                match step {
                    CopyStep::Write => message!("copy-write", path = path, why = why, todo = todo),
                    CopyStep::Keep => message!("copy-keep", path = path, why = why, todo = todo),
                    CopyStep::Remove => message!("copy-remove", path = path, why = why, todo = todo),
                    CopyStep::Replace => message!("copy-replace", path = path, why = why, todo = todo),
                }
            }
        }
    }
}

const fn step_todo(todo: StepTodo) -> Message {
    match todo {
        StepTodo::FullDisk => message!("copy-todo-full"),
        StepTodo::ReadOnlyDisk => message!("copy-todo-read-only"),
        StepTodo::Permission => message!("copy-todo-permission"),
        StepTodo::NoFolder => message!("copy-todo-no-folder"),
        StepTodo::Other => message!("copy-todo-check"),
    }
}
