//! Hashing passwords with argon2id. Few at a time: each takes 19 MiB and some tens of milliseconds of a core.

use std::num::NonZero;
use std::sync::{LazyLock, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use metrics::Gauge;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;
#[cfg(feature = "fault-injection")]
use tokio::sync::SemaphorePermit;

use super::token::random_bytes;
use crate::policy::hashed_at_once;
use crate::service::context::Stopwatch;
use crate::service::error::{AccountError, ServiceError};
use crate::store::StoreError;

/// Memory in KiB, passes, lanes. Source: OWASP Password Storage Cheat Sheet, the second of its equal choices.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Bytes of a salt and of a hash. Source: RFC 9106, 3.1 and 4.
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// Compared with while there is no hash, so that an unknown account takes as long. Nothing hashes to it.
const OF_NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How many passwords are hashed at a time, so that callers on the phone and reports keep their cores.
static AT_A_TIME: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    Semaphore::new(hashed_at_once(cores))
});
/// The memory that no hash uses now: as much as are hashed at a time.
static KEPT: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());
/// How many of staff are hashed or wait. Further ones are refused at once.
static OF_STAFF: Semaphore = Semaphore::const_new(34);

/// Whose password is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) enum PasswordOf {
    /// A member of staff: hashed next, ahead of the portal's line.
    Staff,
    /// Somebody who has come to the front of the portal's line.
    PortalAccount,
}

/// Lets nobody hash until it is dropped, for tests.
#[cfg(feature = "fault-injection")]
pub async fn hold_hashing() -> Option<SemaphorePermit<'static>> {
    let all = u32::try_from(AT_A_TIME.available_permits()).ok()?;
    AT_A_TIME.acquire_many(all).await.ok()
}

/// The hash of a new password, with its parameters and salt, in the format of the reference implementation.
pub(in crate::service) async fn hash(password: String, of: PasswordOf) -> Result<String, ServiceError> {
    let salt = random_bytes::<SALT_BYTES>()?;
    let hash = in_pool(of, move || hashed(&password, &salt, COST)).await?.ok_or_else(broken)?;
    let (memory, passes, lanes) = COST;
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    Ok(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}"))
}

/// Returns `true` if a password has a stored hash. Without a hash it takes as long, and is `false`.
pub(in crate::service) async fn verify(
    password: String,
    stored: Option<String>,
    of: PasswordOf,
) -> Result<bool, ServiceError> {
    let stored = stored.unwrap_or_else(|| OF_NOBODY.to_owned());
    in_pool(of, move || {
        let (cost, salt, hash) = read(&stored)?;
        Some(bool::from(hashed(&password, &salt, cost)?.ct_eq(&hash)))
    })
    .await?
    .ok_or_else(broken)
}

fn broken() -> ServiceError {
    StoreError::Inconsistent { what: "staff_accounts.password_hash" }.into()
}

async fn in_pool<T: Send + 'static>(
    of: PasswordOf,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServiceError> {
    let _place = match of {
        PasswordOf::Staff => match OF_STAFF.try_acquire() {
            Ok(place) => Some(place),
            Err(_) => {
                metrics::counter!("kenkocall_bulkhead_refused_total", "bulkhead" => "staff_passwords").increment(1);
                return Err(AccountError::Busy.into());
            }
        },
        PasswordOf::PortalAccount => None,
    };
    let waiting = Counted::of("kenkocall_bulkhead_waiting", of);
    let _turn = AT_A_TIME.acquire().await.map_err(|_| AccountError::Busy)?;
    drop(waiting);
    let _in_use = Counted::of("kenkocall_bulkhead_in_use", of);
    let timed = move || {
        let watch = Stopwatch::start();
        let done = work();
        let took = u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX);
        metrics::counter!("kenkocall_password_hashing_milliseconds_total").increment(took);
        done
    };
    tokio::task::spawn_blocking(timed).await.map_err(|_| AccountError::Busy.into())
}

/// What a gauge counts until it is dropped. The portal's line counts its own people.
struct Counted(Option<Gauge>);

impl Counted {
    fn of(gauge: &'static str, of: PasswordOf) -> Self {
        let gauge = (of == PasswordOf::Staff).then(|| metrics::gauge!(gauge, "bulkhead" => "staff_passwords"));
        if let Some(gauge) = &gauge {
            gauge.increment(1.0);
        }
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some(gauge) = &self.0 {
            gauge.decrement(1.0);
        }
    }
}

fn hashed(password: &str, salt: &[u8], (memory, passes, lanes): (u32, u32, u32)) -> Option<[u8; HASH_BYTES]> {
    let params = Params::new(memory, passes, lanes, Some(HASH_BYTES)).ok()?;
    let mut hash = [0; HASH_BYTES];
    let mut blocks = Memory::of(params.block_count());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut hash, blocks.0.as_mut_slice()).ok()?;
    Some(hash)
}

/// The memory of a hash. It is kept for the next one: freed by ever other threads, it would stay with the arena of each
/// of them, and many log-ins at once would leave some hundred MB behind.
struct Memory(Vec<Block>);

impl Memory {
    fn of(blocks: usize) -> Self {
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut memory = kept.unwrap_or_default();
        memory.resize(blocks, Block::new());
        Self(memory)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // Nothing of a password stays.
        self.0.fill(Block::new());
        KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.0));
    }
}

/// The parameters, the salt and the hash of a stored text.
type Stored = ((u32, u32, u32), Vec<u8>, Vec<u8>);

fn read(stored: &str) -> Option<Stored> {
    let mut parts = stored.strip_prefix("$argon2id$v=19$")?.split('$');
    let mut cost = parts.next()?.split(',');
    let mut number = |name: &str| cost.next()?.strip_prefix(name)?.parse::<u32>().ok();
    let cost = (number("m=")?, number("t=")?, number("p=")?);
    let salt = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
    let hash = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
    Some((cost, salt, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_has_the_hash() -> Result<(), ServiceError> {
        let stored = hash("correct horse battery".to_owned(), PasswordOf::Staff).await?;
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_ne!(
            stored,
            hash("correct horse battery".to_owned(), PasswordOf::PortalAccount).await?,
            "the salt differs"
        );
        for (password, right) in [("correct horse battery", true), ("correct horse batter", false), ("", false)] {
            assert_eq!(
                verify(password.to_owned(), Some(stored.clone()), PasswordOf::Staff).await?,
                right,
                "{password}"
            );
            assert!(!verify(password.to_owned(), None, PasswordOf::Staff).await?);
        }
        assert!(verify(String::new(), Some("plain".to_owned()), PasswordOf::Staff).await.is_err());
        Ok(())
    }

    /// RFC 9106 has its vector with a secret and associated data, which passwords don't use; this one is of the
    /// reference implementation: `echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32` (its test.c, version
    /// 0x13).
    #[test]
    fn a_hash_of_the_reference_implementation_is_made() {
        let hash = hashed("password", b"somesalt", (65_536, 2, 1)).map(|hash| hash.to_vec());
        let hex: String = hash.unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    }

    /// Many hashes on many threads, one after the other and at once, need no more memory than are hashed at a time.
    #[tokio::test]
    async fn the_memory_of_a_hash_is_used_again() {
        let cost = (64, 1, 1);
        let first = hashed("password", b"somesalt", cost);
        let mut at_once = tokio::task::JoinSet::new();
        for _ in 0..38 {
            at_once.spawn(async move {
                let _turn = AT_A_TIME.acquire().await;
                tokio::task::spawn_blocking(move || hashed("password", b"somesalt", cost)).await.ok().flatten()
            });
        }
        while let Some(hash) = at_once.join_next().await {
            assert_eq!(hash.ok().flatten(), first, "what was there before changes nothing");
        }
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        // Other tests hash beside it.
        assert!(kept.len() <= hashed_at_once(std::thread::available_parallelism().map_or(1, NonZero::get)) + 8);
        let is_clean = |blocks: &Vec<Block>| blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0));
        assert!(kept.iter().all(is_clean), "nothing of a password stays");
    }

    /// An unknown account costs what a known one costs: the same parameters.
    #[test]
    fn nobodys_hash_has_the_cost_of_a_new_one() {
        assert_eq!(read(OF_NOBODY).map(|(cost, salt, hash)| (cost, salt.len(), hash.len())), Some((COST, 16, 32)));
    }
}
