//! Signatures: the vectors of the carrier's libraries, and the attempts of a forger.

use kenkocall::carrier::twilio::{Form, NoToken, SigningKey};
use proptest::prelude::*;
use secrecy::SecretString;

const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const FIRST: [(&str, &str); 5] = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
];
const FIRST_SIGNATURE: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

pub fn key(token: &str) -> SigningKey {
    SigningKey::new(&SecretString::from(token)).expect("a token")
}

#[test]
fn the_five_vectors_are_signed_and_validated() {
    let key = key("12345");
    let vectors: [(&[(&str, &str)], &str); 4] = [
        (&FIRST, FIRST_SIGNATURE),
        (
            &[
                ("StatusCallbackEvent", "ringing"),
                ("A", "1"),
                ("StatusCallbackEvent", "answered"),
                ("StatusCallbackEvent", "ringing"),
            ],
            "nQBTtBNqJINSHshtTvatrpdjvbs=",
        ),
        (&[("SpeechResult", "はい、熱があります"), ("Empty", ""), ("Sp", " a ")], "vx6WMsc2bCbhsBwCFk7k6RPJ20U="),
        (&[("b", "1"), ("A", "2"), ("a", "3")], "Mqlakeg6HR5moe84PzparMAH+XE="),
    ];
    for (number, (form, signature)) in vectors.into_iter().enumerate() {
        assert_eq!(key.sign(URL, form), signature, "vector {}", number + 1);
        assert!(key.validate(URL, form, signature), "vector {}", number + 1);
    }
}

#[test]
fn the_form_as_posted_has_the_signature_of_its_decoded_fields() {
    let body = "CallSid=CA1234567890ABCDE&To=%2B18005551212&Caller=%2B14158675309&Digits=1234&From=%2b14158675309";
    let form = Form::read(body.as_bytes()).expect("a form");
    assert!(key("12345").validate(URL, form.fields(), FIRST_SIGNATURE));
}

#[test]
fn an_altered_field_another_token_or_a_broken_header_is_refused() {
    let right = key("12345");
    let mut altered = FIRST;
    altered[2].1 = "1235";
    assert!(!right.validate(URL, &altered, FIRST_SIGNATURE));
    assert!(!right.validate(URL, &FIRST[..4], FIRST_SIGNATURE), "a field is gone");
    let more: Vec<_> = FIRST.iter().copied().chain([("X", "")]).collect();
    assert!(!right.validate(URL, &more, FIRST_SIGNATURE), "a field was added");
    assert!(!key("12346").validate(URL, &FIRST, FIRST_SIGNATURE));
    for header in [
        "",
        "=",
        "RSOYDt4T1cUTdK1PDd93/VVr8B8",
        "RSOYDt4T1cUTdK1PDd93/VVr8B8=\n",
        "RSOYDt4T1cUTdK1PDd93/VVr8B9=",
        "RSOYDt4T1cUTdK1PDd93_VVr8B8=",
        "RSOYDt4T1cUTdK1PDd93/VVr8B8=RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        "署名",
    ] {
        assert!(!right.validate(URL, &FIRST, header), "{header}");
    }
    assert_eq!(SigningKey::new(&SecretString::from("")).err(), Some(NoToken));
    assert_eq!(format!("{right:?}"), "SigningKey(secret)");
}

#[test]
fn the_url_counts_as_it_stands_but_for_its_port_and_fragment() {
    let key = key("12345");
    let accepts = |configured: &str, signed: &str| key.validate(configured, &FIRST, &key.sign(signed, &FIRST));
    for (configured, signed) in [
        ("https://a.example/x?b=1&a=2", "https://a.example:443/x?b=1&a=2"),
        ("https://a.example:443/x", "https://a.example/x"),
        ("http://a.example/x", "http://a.example:80/x"),
        ("https://a.example:8443/x", "https://a.example/x"),
        ("https://a.example:8443/x", "https://a.example:8443/x"),
        ("https://user:pass@a.example/x", "https://user:pass@a.example:443/x"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]:443/x"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]/x"),
        ("https://a.example", "https://a.example:443"),
        ("https://a.example?q=1:2", "https://a.example:443?q=1:2"),
        ("https://a.example/x?q=1#rt=5000", "https://a.example/x?q=1"),
        ("https://a.example/x?q=1", "https://a.example/x?q=1#rt=5000"),
    ] {
        assert!(accepts(configured, signed), "{configured} {signed}");
    }
    for (configured, signed) in [
        ("https://a.example/x", "https://a.example:8443/x"),
        ("https://a.example:8443/x", "https://a.example:443/x"),
        ("https://a.example:8443/x", "https://a.example:9443/x"),
        ("https://a.example/x", "http://a.example/x"),
        ("https://a.example/x", "https://a.example:80/x"),
        ("https://a.example/x", "https://b.example/x"),
        ("https://a.example/x", "https://a.example/x/"),
        ("https://a.example/x", "https://A.example/x"),
        ("https://a.example/x?b=1&a=2", "https://a.example/x?a=2&b=1"),
        ("https://a.example/x?q=%C3%A9", "https://a.example/x?q=%c3%a9"),
    ] {
        assert!(!accepts(configured, signed), "{configured} {signed}");
    }
}

proptest! {
    #[test]
    fn what_we_sign_we_accept_in_any_order_and_refuse_when_altered(
        url in "https?://[a-z]{1,8}(:[0-9]{2,4})?(/[!-~&&[^#]]{0,20})?",
        mut form in proptest::collection::vec((".{0,8}", ".{0,12}"), 0..130),
        swap in any::<prop::sample::Index>(),
    ) {
        let key = key("f1e2d3");
        let signature = key.sign(&url, &form);
        if !form.is_empty() {
            let (a, b) = (swap.index(form.len()), 0);
            form.swap(a, b);
        }
        prop_assert!(key.validate(&url, &form, &signature));
        if let Some((_, value)) = form.first_mut() {
            // Longer than any other value: the signature counts equal pairs once.
            value.push_str("altered, and longer");
            prop_assert!(!key.validate(&url, &form, &signature));
        }
    }

    #[test]
    fn no_url_or_header_makes_it_panic(
        url in ".{0,60}",
        header in ".{0,40}",
    ) {
        let key = key("f1e2d3");
        prop_assert!(!key.validate(&url, &FIRST, &header));
    }

    #[test]
    fn odd_authorities_are_cut_somewhere_without_panic(url in "[htps:/@\\[\\]?#é0-9]{0,30}") {
        let key = key("f1e2d3");
        prop_assert!(key.validate(&url, &FIRST, &key.sign(&url, &FIRST)));
    }
}
