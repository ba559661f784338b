//! The end of a maintenance, as people say it.

use kenkocall::domain::Language;
use kenkocall::engine::{Fill, Utterance, WordsFor, words};
use kenkocall::flow::FlowSet;

use crate::built_in::files;

#[test]
fn one_oclock_has_an_article_of_its_own() {
    let flow_set = FlowSet::checked(files()).expect("no findings");
    let said = |language, hour, minute| {
        let fill = vec![Fill::Until([12, 1, hour, minute])];
        let end = Utterance { prompt: "maintenance.closed_until".into(), language, barge_in: true, fill };
        words(&flow_set, &end, WordsFor::Voice)
    };
    for (language, hour, minute, time) in [
        (Language::Spanish, 13, 0, "hasta el 1 de diciembre, a la 1 de la tarde."),
        (Language::Spanish, 1, 30, "hasta el 1 de diciembre, a la 1:30 de la mañana."),
        (Language::Spanish, 17, 0, "hasta el 1 de diciembre, a las 5 de la tarde."),
        (Language::Portuguese, 13, 0, "até o dia 1 de dezembro, à 1 da tarde."),
        (Language::Portuguese, 5, 30, "até o dia 1 de dezembro, às 5:30 da manhã."),
        (Language::Spanish, 12, 0, "hasta el 1 de diciembre, al mediodía."),
        (Language::Spanish, 21, 30, "hasta el 1 de diciembre, a las 9:30 de la noche."),
        (Language::Portuguese, 12, 30, "até o dia 1 de dezembro, às 12:30 da tarde."),
        (Language::Portuguese, 21, 0, "até o dia 1 de dezembro, às 9 da noite."),
        (Language::English, 0, 0, "until just after midnight on December 1."),
        (Language::English, 0, 30, "until 12:30 a.m. on December 1."),
        (Language::English, 12, 0, "until noon on December 1."),
        (Language::Japanese, 12, 0, "12月1日、正午まで"),
        (Language::Japanese, 12, 30, "12月1日、午後0時30分まで"),
        (Language::Japanese, 0, 0, "12月1日、午前0時まで"),
        (Language::ChineseSimplified, 12, 30, "12月1日下午12点30分"),
        (Language::English, 13, 0, "until 1 p.m. on December 1."),
        (Language::Japanese, 13, 30, "12月1日、午後1時30分まで"),
        (Language::Korean, 1, 0, "12월 1일 오전 1시"),
    ] {
        let said = said(language, hour, minute);
        assert!(said.contains(time), "{language}: {said}");
    }
}
