//! What is written is read back; what is torn or missing is noticed.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::carrier::network::LegProgress;
use crate::domain::HangupCause;

const RINGS: Duration = Duration::from_secs(240);
const CALL: &str = "01938f6e-0000-7000-8000-000000000001";

/// A clock that is moved by hand.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_796_000_000)))
    }

    fn go(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn now(&self) -> Now {
        let at = Arc::clone(&self.0);
        Arc::new(move || Timestamp::from_second(at.load(Ordering::SeqCst)).unwrap())
    }
}

fn sending(call: &str) -> Written {
    let text = |text: &str| text.to_owned();
    Written::Sending(Box::new(Sending {
        call: text(call),
        trunk: text("a"),
        number: text("+819012345678"),
        shown: text("+815000000000"),
        target: text("sip:+819012345678@192.0.2.1"),
        from: text("<sip:+815000000000@192.0.2.2>;tag=1"),
        to: text("<sip:+819012345678@192.0.2.1>"),
        contact: text("<sip:kenkocall@192.0.2.2:5060>"),
        via: text("SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK1"),
        branch: text("z9hG4bK1"),
        cseq: 1,
        destination: text("udp 192.0.2.1:5060"),
    }))
}

fn open(folder: &Path, clock: &Hand) -> Result<Journal, JournalError> {
    // The thread of the journal before may still hold its lock for a moment.
    for _ in 0..1_000 {
        match Journal::open(&folder.join("calls"), clock.now(), RINGS) {
            Err(JournalError::InUse) => std::thread::yield_now(),
            opened => return opened,
        }
    }
    Err(JournalError::InUse)
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut days: Vec<_> = all.filter(|path| path.extension().is_some_and(|ext| ext != "lock")).collect();
    days.sort();
    days
}

#[tokio::test]
async fn a_call_is_read_back_by_the_next_process() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Hand::new());
    let begun = (clock.now())();
    let journal = open(folder.path(), &clock).unwrap();
    assert!(matches!(Journal::open(&folder.path().join("calls"), clock.now(), RINGS), Err(JournalError::InUse)));
    assert!(journal.write(sending(CALL)).await);
    let progress = |journal: &Journal| {
        let now = journal.now();
        journal.with(|book| book.entry(CALL).map(|entry| entry.progress(now, RINGS)))
    };
    assert_eq!(progress(&journal), Some(Some(LegProgress::Queued)));
    journal.note(Written::Ringing { call: CALL.to_owned() });
    assert_eq!(progress(&journal), Some(Some(LegProgress::Ringing)));
    assert!(journal.write(Written::Again { call: CALL.into(), branch: "z9hG4bK2".into(), cseq: 2 }).await);
    drop(journal);

    clock.go(100);
    let journal = open(folder.path(), &clock).unwrap();
    assert!(journal.with(|book| book.is_whole_since(begun)));
    assert_eq!(progress(&journal), Some(None), "nobody follows it, and the phone may still ring");
    let left = journal.with(|book| book.left_behind());
    let invite = left[0].1.sending.clone().unwrap();
    assert_eq!((invite.branch.as_str(), invite.cseq), ("z9hG4bK2", 2));
    assert!(invite.via.ends_with("branch=z9hG4bK2"));
    clock.go(140);
    assert_eq!(progress(&journal), Some(Some(LegProgress::Ended(HangupCause::NoAnswer))), "it counts as a try");
    let ended = Written::Ended { call: CALL.into(), cause: Cause(HangupCause::TemporaryFailure), tried: true };
    assert!(journal.write(ended).await);
    assert_eq!(progress(&journal), Some(Some(LegProgress::Ended(HangupCause::Unspecified))));
    assert!(journal.with(|book| book.left_behind()).is_empty());
}

#[tokio::test]
async fn files_are_of_one_day_private_and_gone_after_two() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Hand::new());
    let journal = open(folder.path(), &clock).unwrap();
    for _ in 0..3 {
        assert!(journal.write(sending(CALL)).await);
        clock.go(86_400);
    }
    assert!(journal.write(sending(CALL)).await);
    let files = files(folder.path());
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    drop(journal);
    let journal = open(folder.path(), &clock).unwrap();
    assert!(journal.with(|book| book.whole_since()).is_some_and(|since| since < (clock.now())()));
}

#[tokio::test]
async fn a_torn_line_means_that_something_may_be_missing() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Hand::new());
    let journal = open(folder.path(), &clock).unwrap();
    assert!(journal.write(sending(CALL)).await);
    drop(journal);
    let file = files(folder.path()).remove(0);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend(b"{\"at\":\"2026-");
    std::fs::write(&file, bytes).unwrap();

    clock.go(60);
    let torn_at = (clock.now())();
    let journal = open(folder.path(), &clock).unwrap();
    assert_eq!(journal.with(|book| book.whole_since()), Some(torn_at));
    assert!(journal.with(|book| book.entry(CALL).is_some()), "what can be read counts");
    drop(journal);
    clock.go(60);
    let journal = open(folder.path(), &clock).unwrap();
    assert_eq!(journal.with(|book| book.whole_since()), Some(torn_at), "the gap is noted once");
}

#[tokio::test]
async fn a_missing_file_is_noticed() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Hand::new());
    let journal = open(folder.path(), &clock).unwrap();
    assert!(journal.write(sending(CALL)).await);
    clock.go(86_400);
    assert!(journal.write(sending("01938f6e-0000-7000-8000-000000000002")).await);
    drop(journal);
    for lost in 0..2 {
        let copy = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
        std::fs::remove_file(files(copy.path()).remove(lost)).unwrap();
        let journal = open(copy.path(), &clock).unwrap();
        assert_eq!(journal.with(|book| book.whole_since()), Some((clock.now())()), "file {lost} is lost");
    }
    let empty = tempfile::tempdir().unwrap();
    let journal = open(empty.path(), &clock).unwrap();
    assert_eq!(journal.with(|book| book.whole_since()), Some((clock.now())()), "all are lost");
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_says_so() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Hand::new());
    let inner = folder.path().join("inner");
    let journal = open(&inner, &clock).unwrap();
    clock.go(86_400);
    std::fs::remove_dir_all(&inner).unwrap();
    assert!(!journal.write(sending(CALL)).await, "the new day's file has no folder");
    assert!(journal.with(|book| book.entry(CALL).is_none()));
}

/// Lines in a file that nobody will find prove nothing: nobody is dialled until a restart, which knows of the gap.
#[tokio::test]
async fn a_file_that_is_replaced_while_it_is_written_is_noticed() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 3] = [
        ("taken away", |file| std::fs::remove_file(file).unwrap()),
        ("replaced", |file| {
            let copy = file.with_extension("copy");
            std::fs::copy(file, &copy).unwrap();
            std::fs::rename(copy, file).unwrap();
        }),
        ("cut", |file| std::fs::File::options().write(true).open(file).unwrap().set_len(10).unwrap()),
    ];
    for (what, change) in changes {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Hand::new());
        let journal = open(folder.path(), &clock).unwrap();
        assert!(journal.write(sending(CALL)).await);
        assert_eq!(journal.trouble(), None);
        let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let file = files.into_iter().find(|file| file.extension().is_some_and(|end| end != "lock")).unwrap();
        change(&file);
        for _ in 0..2 {
            assert!(!journal.write(sending("01938f6e-0000-7000-8000-000000000002")).await, "{what}");
            assert_eq!(journal.trouble(), Some(JournalTrouble::Lost), "{what}");
        }
        drop(journal);
        clock.go(60);
        let journal = open(folder.path(), &clock).unwrap();
        let whole = journal.with(|book| book.whole_since());
        assert_eq!(whole, Some(journal.now()), "{what}: what came before is unknown");
        assert!(journal.write(sending(CALL)).await, "{what}: calls go on");
        drop(journal);
        clock.go(60);
        let again = open(folder.path(), &clock).unwrap().with(|book| book.whole_since());
        assert_eq!(again, whole, "{what}: the gap is told once");
    }
}
