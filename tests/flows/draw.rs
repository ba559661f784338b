//! The picture of a flow.

use kenkocall::domain::Language;
use kenkocall::flow::{FlowSet, draw};

use crate::built_in::files;

#[test]
fn a_small_flow_is_drawn_the_same_each_time() {
    let (flow_set, _) = FlowSet::read(files());
    let picture = draw(&flow_set, "stop_request", Language::Japanese).unwrap();
    assert_eq!(Some(&picture), draw(&flow_set, "stop_request", Language::Japanese).as_ref());
    assert_told!(picture);
}

#[test]
fn every_flow_is_drawn_in_every_language() {
    let (flow_set, _) = FlowSet::read(files());
    for flow in flow_set.flows.values() {
        for language in Language::ALL {
            let picture = draw(&flow_set, flow.name.as_str(), language).unwrap();
            assert!(picture.contains("</svg>"));
            assert_eq!(picture.matches("<text").count(), picture.matches("</text>").count());
        }
    }
    assert_eq!(draw(&flow_set, "nothing", Language::English), None);
}
