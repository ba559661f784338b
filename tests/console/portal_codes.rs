//! Signing up for the portal by a code, and what doesn't sign anybody up (M1, M2).

use jiff::SignedDuration;

use crate::databases::Fresh;
use crate::portal_site::{HANAKO, Portal};
use crate::site::Visitor;

crate::on_both_databases!(
    a_code_proves_the_address,
    a_known_and_an_unknown_address_get_the_same_page,
    a_code_that_is_wrong_old_used_or_of_another_browser_is_refused,
    a_code_is_read_in_full_width_and_with_blanks,
    after_five_tries_only_a_new_code_helps,
    many_addresses_from_one_sender_are_slowed_and_others_are_not,
    the_last_of_two_tabs_counts,
    what_is_no_address_is_refused_beside_the_field,
    a_quoted_address_and_a_domain_in_other_letters_get_a_code,
);

const WRONG: &str = "コードが正しくありません。もう一度お試しください。";

async fn enter(visitor: &mut Visitor, code: &str) -> u16 {
    visitor.post("/portal/code", &[("code", code)]).await.status
}

async fn a_code_proves_the_address(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.signed_up(HANAKO).await;
    visitor.get("/portal/account/password?new=1").await;
    assert!(visitor.page.body.contains("メールアドレスを確認しました"), "{}", visitor.page.body);
    visitor.post("/portal/account/password", &[("step", "none"), ("new", "1")]).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/people/add"));
    let actions = portal.site.actions().await;
    assert!(actions.contains(&"portal.account_made".to_owned()), "{actions:?}");
}

/// The page without what differs in every browser.
fn bytes_of(visitor: &Visitor, address: &str) -> (u16, String) {
    let token = visitor.page.token();
    (visitor.page.status, visitor.page.body.replace(&token, "TOKEN").replace(address, "ADDRESS"))
}

async fn a_known_and_an_unknown_address_get_the_same_page(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    drop(portal.signed_up(HANAKO).await);
    let (mut known, mut unknown) = (portal.visitor(), portal.visitor());
    for (visitor, address) in [(&mut known, HANAKO), (&mut unknown, "taro@mihon.example")] {
        portal.ask(visitor, address).await;
    }
    assert_eq!(bytes_of(&known, HANAKO), bytes_of(&unknown, "taro@mihon.example"));
    let mut mail = portal.mail().await;
    // They are sent at the same time.
    mail.sort();
    let to: Vec<&str> = mail.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, [HANAKO, "taro@mihon.example"], "each gets one message");
    assert!(mail[0].1.contains("このアドレスは既に登録済みです"), "its owner is told: {}", mail[0].1);
    let code = mail[0].1.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
    enter(&mut known, &code).await;
    let exists = "指定されたIDのユーザーは既に存在します。別のIDを選択してください。";
    assert!(known.page.body.contains(exists), "only the code's owner learns it: {}", known.page.body);

    for (address, sentence) in [("nobody@mihon.example", "ご利用のアカウントは見つからないようです。")]
    {
        let mut visitor = portal.visitor();
        visitor.get("/portal/log-in").await;
        visitor.post("/portal/log-in", &[("email", address), ("step", "code")]).await;
        assert_eq!(visitor.page.location.as_deref(), Some("/portal/code"));
        visitor.get("/portal/code").await;
        let code = portal.code().await;
        enter(&mut visitor, &code).await;
        assert!(visitor.page.body.contains(sentence), "{}", visitor.page.body);
    }
}

async fn a_code_that_is_wrong_old_used_or_of_another_browser_is_refused(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    portal.ask(&mut visitor, HANAKO).await;
    let code = portal.code().await;
    let other = if code == "000000" { "000001" } else { "000000" };
    for wrong in [other, "", "12345", "abcdef"] {
        assert_eq!(enter(&mut visitor, wrong).await, 422, "{wrong}");
        assert!(visitor.page.body.contains(WRONG), "{}", visitor.page.body);
    }
    // Another browser, which has asked for a code of its own.
    let mut stranger = portal.visitor();
    portal.ask(&mut stranger, "taro@mihon.example").await;
    assert_eq!(enter(&mut stranger, &code).await, 422);
    portal.site.later(SignedDuration::from_mins(11));
    visitor.get("/portal/code").await;
    assert_eq!(enter(&mut visitor, &code).await, 422, "too old");
    visitor.post("/portal/code", &[("step", "again")]).await;
    assert!(visitor.page.body.contains("確認コードを再発行しました"), "{}", visitor.page.body);
    let fresh_code = portal.code().await;
    let mut copy = visitor.clone();
    assert_eq!(enter(&mut visitor, &fresh_code).await, 303);
    assert_eq!(enter(&mut copy, &fresh_code).await, 422, "used");
}

async fn a_code_is_read_in_full_width_and_with_blanks(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    portal.ask(&mut visitor, "ｈａｎａｋｏ＠ｍｉｈｏｎ．ｅｘａｍｐｌｅ").await;
    let code = portal.code().await;
    let wide: String = code.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    let (first, second) = wide.split_at(9);
    assert_eq!(enter(&mut visitor, &format!(" {first}　{second} ")).await, 303, "{}", visitor.page.body);
}

async fn after_five_tries_only_a_new_code_helps(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    portal.ask(&mut visitor, HANAKO).await;
    let code = portal.code().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(enter(&mut visitor, wrong).await, 422);
    }
    assert_eq!(enter(&mut visitor, &code).await, 422, "the right one doesn't help any more");
    visitor.post("/portal/code", &[("step", "again")]).await;
    let code = portal.code().await;
    assert_eq!(enter(&mut visitor, &code).await, 303);
}

async fn many_addresses_from_one_sender_are_slowed_and_others_are_not(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut sender = portal.visitor();
    for nth in 0..40 {
        portal.ask(&mut sender, &format!("mihon{nth}@mihon.example")).await;
    }
    sender.get("/portal/register").await;
    sender.post("/portal/register", &[("email", "mihon40@mihon.example")]).await;
    assert_eq!(sender.page.status, 422);
    assert!(sender.page.body.contains("秒待ってから"), "{}", sender.page.body);
    let mut other = Visitor::at(&portal.router, "192.0.2.2");
    portal.ask(&mut other, HANAKO).await;
    portal.site.later(SignedDuration::from_secs(31));
    portal.ask(&mut sender, "mihon40@mihon.example").await;
    // One sender gets six codes for an address in an hour, and everybody together 24: no stranger uses them up alone.
    let more = async |from: usize, codes: usize| {
        let mut visitor = Visitor::at(&portal.router, &format!("192.0.2.{from}"));
        for _ in 0..codes {
            portal.ask(&mut visitor, HANAKO).await;
        }
        visitor.get("/portal/register").await;
        visitor.post("/portal/register", &[("email", HANAKO)]).await.status
    };
    for from in 3..6 {
        assert_eq!(more(from, 6).await, 422, "a seventh code of one sender");
    }
    assert_eq!(more(6, 5).await, 422, "a 25th code of all");
}

async fn the_last_of_two_tabs_counts(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut first = portal.visitor();
    portal.ask(&mut first, HANAKO).await;
    let old = portal.code().await;
    let mut second = first.clone();
    portal.ask(&mut second, HANAKO).await;
    let new = portal.code().await;
    if old != new {
        assert_eq!(enter(&mut first, &old).await, 422, "the older code was replaced");
    }
    assert_eq!(enter(&mut second, &new).await, 303);
    // The form of the first tab, sent after the second one has logged in.
    first.cookies = second.cookies.clone();
    first.get("/portal/code").await;
    assert_eq!(first.page.location.as_deref(), Some("/portal/log-in"));
}

async fn what_is_no_address_is_refused_beside_the_field(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let long = format!("a@{}.example", "b".repeat(250));
    for wrong in [
        "",
        "hanako",
        "x@y\r\nBcc: z@mihon.example",
        "a b@mihon.example",
        &long,
        "<a@mihon.example>",
        "a@mihon.example.",
    ] {
        let mut visitor = portal.visitor();
        visitor.get("/portal/register").await;
        visitor.post("/portal/register", &[("email", wrong)]).await;
        assert_eq!(visitor.page.status, 422, "{wrong}");
        assert!(visitor.page.body.contains("id=\"email-error\""), "{}", visitor.page.body);
        assert!(visitor.page.body.contains("<title>エラー:"), "{}", visitor.page.body);
    }
    assert!(portal.mail().await.is_empty());
}

/// Issue 16, bad input: `"a b"@例え.jp`.
async fn a_quoted_address_and_a_domain_in_other_letters_get_a_code(fresh: Fresh) {
    let portal = Portal::open(&fresh).await;
    let mut visitor = portal.visitor();
    portal.ask(&mut visitor, "\"a b\"@例え.jp").await;
    let (to, text) = portal.mail().await.pop().expect("a message");
    assert_eq!(to, "\"a b\"@xn--r8jz45g.jp");
    let code = text.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(enter(&mut visitor, &code).await, 303);
    visitor.get("/portal/account/password?new=1").await;
    visitor.post("/portal/account/password", &[("password", "見本の長いパスワードです"), ("new", "1")]).await;
    assert_eq!(visitor.page.location.as_deref(), Some("/portal/people/add"), "{}", visitor.page.body);
}
