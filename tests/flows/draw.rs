//! The picture of a flow.

use kenkocall::call::Language;
use kenkocall::flow::{Library, draw};

use crate::shipped::files;

#[test]
fn a_small_flow_is_drawn_the_same_each_time() {
    let (library, _) = Library::read(files());
    let picture = draw(&library, "stop_request", Language::Japanese).unwrap();
    assert_eq!(Some(&picture), draw(&library, "stop_request", Language::Japanese).as_ref());
    assert_told!(picture);
}

#[test]
fn every_flow_is_drawn_in_every_language() {
    let (library, _) = Library::read(files());
    for flow in library.flows.values() {
        for language in Language::ALL {
            let picture = draw(&library, flow.name.as_str(), language).unwrap();
            assert!(picture.contains("</svg>"));
            assert_eq!(picture.matches("<text").count(), picture.matches("</text>").count());
        }
    }
    assert_eq!(draw(&library, "nothing", Language::English), None);
}
