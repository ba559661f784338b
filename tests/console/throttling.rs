//! Failed tries slow down the next ones of the same client, and nobody else's.

use jiff::SignedDuration;

use crate::databases::Fresh;
use crate::site::{PASSWORD, Site, Visitor};

crate::on_both_databases!(guessing_is_slowed_down_and_locks_nobody_out, only_a_trusted_proxy_says_who_the_client_is,);

async fn guess(visitor: &mut Visitor, email: &str, times: usize) -> u16 {
    for _ in 0..times {
        visitor.give_password(email, "not the password").await;
    }
    visitor.page.status
}

async fn guessing_is_slowed_down_and_locks_nobody_out(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    // The nurse's own browser, at the address that somebody else in the office has, too.
    let mut own = site.logged_in(&nurse).await;
    own.cookies.remove("kenko");
    let mut guesser = site.visitor();
    assert_eq!(guess(&mut guesser, &nurse.email, 5).await, 422);
    guesser.give_password(&nurse.email, PASSWORD).await;
    assert_eq!(guesser.page.status, 429, "the right password isn't tried either");
    assert!(guesser.page.body.contains("秒待って"), "{}", guesser.page.body);
    let mut elsewhere = Visitor::at(&site.router, "192.0.2.2");
    assert_eq!(elsewhere.give_password(&nurse.email, PASSWORD).await.status, 303);
    assert_eq!(own.give_password(&nurse.email, PASSWORD).await.status, 303, "a known browser isn't slowed down");
    // An address without an account is slowed down alike.
    assert_eq!(guess(&mut Visitor::at(&site.router, "192.0.2.3"), "nobody@mihon.example", 6).await, 429);
    site.later(SignedDuration::from_secs(3));
    assert_eq!(guesser.give_password(&nurse.email, PASSWORD).await.status, 303, "the wait ends by itself");
    site.later(SignedDuration::from_mins(16));
    assert_eq!(guess(&mut guesser, &nurse.email, 5).await, 422, "old failures don't count");
}

async fn only_a_trusted_proxy_says_who_the_client_is(fresh: Fresh) {
    let site = Site::open(&fresh).await;
    let nurse = site.nurse().await;
    for (proxies, last) in [("", 429), ("10.0.0.1", 422)] {
        let router = Site::router_of(&site.context, crate::site::PUBLIC_URL, proxies);
        let mut visitor = Visitor::at(&router, "10.0.0.1");
        for nth in 0..6 {
            visitor.form_headers.push(("x-forwarded-for", format!("203.0.113.9, 198.51.100.{nth}")));
            visitor.give_password(&nurse.email, "not the password").await;
            visitor.form_headers.pop();
        }
        assert_eq!(visitor.page.status, last, "proxies: {proxies:?}");
    }
}
