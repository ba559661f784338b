//! `kenkocall audit`: what an intruder with full access to the database can do, and how it is detected (fault 41,
//! I5).

use std::path::{Path, PathBuf};

use kenkocall::store::audit;
use tempfile::TempDir;

use crate::{CommandLine, databases::Fresh, db_assertions::DatabaseAssertions};

crate::on_both_databases!(
    a_whole_trail_is_said_to_be_whole,
    fault_41_i5_an_edited_entry_is_found,
    fault_41_i5_an_entry_taken_out_is_found,
    fault_41_i5_the_cut_tail_is_found,
    fault_41_i5_a_trail_written_anew_is_found_by_its_checkpoint,
    a_restored_backup_is_told_and_no_checkpoint_hides_it,
    what_is_wrong_with_a_checkpoint_file_gets_a_sentence,
);

struct Trail<'a> {
    command_line: CommandLine<'a>,
    kept: DatabaseAssertions,
    folder: TempDir,
}

impl<'a> Trail<'a> {
    /// A trail of ten entries, of which the first is the centre's.
    fn of_ten(fresh: &'a Fresh) -> Self {
        let trail = Self {
            command_line: CommandLine(fresh),
            kept: DatabaseAssertions::at(&fresh.url),
            folder: tempfile::tempdir().unwrap(),
        };
        trail.command_line.with_centre();
        trail.more(9);
        trail
    }

    fn more(&self, entries: usize) {
        for nth in 0..entries {
            let until = format!("2999-01-01 05:{nth:02}");
            self.command_line.does(&["dialer", "pause", "--reason", "見本 花子", "--until", &until]);
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("checkpoints")
    }

    fn checkpoint(&self) -> String {
        self.command_line.does(&["audit", "checkpoint", text(&self.file())])
    }

    fn verifies(&self) -> String {
        self.command_line.does(&["audit", "verify", "--checkpoint", text(&self.file())])
    }

    /// The sentence without and with the checkpoints; `None` if the trail verifies.
    fn chain_errors(&self) -> [Option<String>; 2] {
        let path = self.file();
        let with = ["audit", "verify", "--checkpoint", text(&path)];
        [&with[..2], &with[..]].map(|arguments| {
            let output = self.command_line.output(arguments);
            let error = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.success(), error.is_empty(), "{error}");
            assert!(!error.contains("花子"), "{error}");
            (!error.is_empty()).then_some(error)
        })
    }

    /// Changes the database as a user with all privileges.
    async fn intrudes(&self, changes: &[&str]) {
        let is_postgres = self.command_line.0.url.starts_with("postgres");
        for (trigger, table) in [
            ("audit_keeps_entries", "audit"),
            ("audit_keeps_values", "audit"),
            ("audit_keeps_subjects", "audit_subjects"),
            ("audit_keeps_their_values", "audit_subjects"),
        ] {
            let on = if is_postgres { format!(" ON {table}") } else { String::new() };
            self.kept.rows(&format!("DROP TRIGGER IF EXISTS {trigger}{on}")).await;
        }
        for change in changes {
            self.kept.rows(change).await;
        }
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Removes all seals, so that the program seals everything again.
const FORGET: [&str; 2] =
    ["UPDATE audit SET seq = NULL, hash = NULL", "UPDATE audit_chain SET seq = 0, hash = repeat_zeros"];

/// The same in SQL that both databases support.
fn forget() -> [String; 2] {
    FORGET.map(|sql| sql.replace("repeat_zeros", &format!("'{}'", "0".repeat(64))))
}

async fn a_whole_trail_is_said_to_be_whole(fresh: Fresh) {
    let trail = Trail::of_ten(&fresh);
    let said = trail.command_line.does(&["audit", "verify"]);
    assert!(said.starts_with("10 entries verify, the last of 20"), "{said}");
    assert!(
        said.contains("but no checkpoint backs it: whoever can write the database could have rewritten all"),
        "{said}"
    );
    let value: serde_json::Value =
        serde_json::from_str(&trail.command_line.does(&["audit", "verify", "--json"])).unwrap();
    assert_eq!((&value["verifies"], &value["backed_by_checkpoint"]), (&true.into(), &false.into()), "{value}");
    let line = trail.checkpoint();
    assert!(line.starts_with("checkpoint 20") && line.contains("Z 10 "), "{line}");
    assert_eq!(std::fs::read_to_string(trail.file()).unwrap(), line);
    assert_eq!(trail.checkpoint(), "nothing to add: the file has the last entry already\n");
    trail.more(2);
    trail.checkpoint();
    let said = trail.verifies();
    assert!(said.starts_with("12 entries verify") && said.contains("\n2 checkpoints fit, the last of 20"), "{said}");
    assert!(!said.contains("no checkpoint"), "{said}");
    assert_eq!(trail.chain_errors(), [None, None]);
}

async fn fault_41_i5_an_edited_entry_is_found(fresh: Fresh) {
    let trail = Trail::of_ten(&fresh);
    trail.checkpoint();
    let by_hand = ["UPDATE audit SET actor = 'somebody else' WHERE seq = 4"];
    trail.intrudes(&by_hand).await;
    let id = trail.kept.column("SELECT id FROM audit WHERE seq = 4").await.pop().unwrap();
    for sentence in trail.chain_errors() {
        let sentence = sentence.expect("found");
        assert!(sentence.contains(&format!("entry 4 (id {id}, 20")), "{sentence}");
        assert!(sentence.contains("was changed"), "{sentence}");
    }
}

async fn fault_41_i5_an_entry_taken_out_is_found(fresh: Fresh) {
    let trail = Trail::of_ten(&fresh);
    trail.checkpoint();
    trail.intrudes(&["DELETE FROM audit WHERE seq = 4"]).await;
    for sentence in trail.chain_errors() {
        assert!(sentence.as_ref().is_some_and(|sentence| sentence.contains("entry 4 is missing")), "{sentence:?}");
    }
    // Even with the later entries renumbered, the hashes don't match.
    trail.intrudes(&["UPDATE audit SET seq = 4 WHERE seq = 5"]).await;
    for sentence in trail.chain_errors() {
        assert!(sentence.as_ref().is_some_and(|sentence| sentence.contains("entry 4 (id")), "{sentence:?}");
    }
}

async fn fault_41_i5_the_cut_tail_is_found(fresh: Fresh) {
    let trail = Trail::of_ten(&fresh);
    trail.checkpoint();
    trail.intrudes(&["DELETE FROM audit WHERE seq > 7"]).await;
    let [without, _] = trail.chain_errors();
    assert!(without.is_some_and(|sentence| sentence.contains("ends with entry 7, and 10 were sealed")));
    // An intruder who knows the chain also resets its end: only the checkpoint reveals it.
    let set_back = "UPDATE audit_chain SET seq = 7, hash = (SELECT hash FROM audit WHERE seq = 7)";
    trail.intrudes(&[set_back]).await;
    let [without, with] = trail.chain_errors();
    assert_eq!(without, None);
    let with = with.expect("found");
    assert!(with.contains("the end was cut off") && with.contains("knows entry 10"), "{with}");
    // The same after the trail has grown beyond it.
    trail.more(5);
    let [without, with] = trail.chain_errors();
    assert_eq!(without, None);
    assert!(with.is_some_and(|sentence| sentence.contains("written anew") && sentence.contains("entry 10")));
}

async fn fault_41_i5_a_trail_written_anew_is_found_by_its_checkpoint(fresh: Fresh) {
    let trail = Trail::of_ten(&fresh);
    trail.checkpoint();
    let [entries, head] = forget();
    let changes = ["UPDATE audit SET actor = 'somebody else' WHERE seq = 4", &entries, &head];
    trail.intrudes(&changes).await;
    let [without, with] = trail.chain_errors();
    assert_eq!(without, None, "it is a chain as good as the first one");
    let with = with.expect("found");
    assert!(with.contains("written anew") && with.contains("knows entry 10 with another hash"), "{with}");
}

async fn a_restored_backup_is_told_and_no_checkpoint_hides_it(fresh: Fresh) {
    let trail = Trail::of_ten(&fresh);
    trail.checkpoint();
    let back = "UPDATE audit_chain SET seq = 6, hash = (SELECT hash FROM audit WHERE seq = 6)";
    trail.intrudes(&["DELETE FROM audit WHERE seq > 6", back]).await;
    let path = trail.file();
    let refused = trail.command_line.refuses(&["audit", "checkpoint", text(&path)]);
    assert!(refused.contains("doesn't have") && refused.contains("--after-restore"), "{refused}");
    let line = trail.command_line.does(&["audit", "checkpoint", text(&path), "--after-restore"]);
    assert!(line.starts_with("restored 20") && line.contains("Z 6 "), "{line}");
    trail.more(9);
    trail.checkpoint();
    let said = trail.verifies();
    assert!(said.starts_with("15 entries verify") && said.contains("\n2 checkpoints fit"), "{said}");
    assert!(said.contains("what came after entry 6 until then is lost, as 1 checkpoints tell"), "{said}");
    // A recorded restoration doesn't excuse later changes.
    trail.intrudes(&["DELETE FROM audit WHERE seq > 9"]).await;
    let [_, with] = trail.chain_errors();
    assert!(with.is_some());
}

async fn what_is_wrong_with_a_checkpoint_file_gets_a_sentence(fresh: Fresh) {
    let trail = Trail::of_ten(&fresh);
    let path = trail.file();
    let missing = trail.command_line.refuses(&["audit", "verify", "--checkpoint", text(&path)]);
    assert!(missing.contains("the checkpoint file can't be used"), "{missing}");
    trail.checkpoint();
    let line = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{line}{}", line.replace("checkpoint", "chequepoint"))).unwrap();
    for arguments in [&["audit", "verify", "--checkpoint", text(&path)][..], &["audit", "checkpoint", text(&path)][..]]
    {
        let sentence = trail.command_line.refuses(arguments);
        assert!(sentence.contains("isn't a checkpoint"), "{sentence}");
    }
    let head = audit::head(&mut fresh.database.begin_read().await.unwrap()).await.unwrap();
    assert_eq!(head.sequence, 10, "nothing was changed by any of it");
}
