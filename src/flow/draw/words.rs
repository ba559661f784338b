//! The text of the picture that isn't in any document: kinds, titles and exits, in Japanese or in English.

use crate::domain::{Item, Language};
use crate::flow::{
    Bound, Exit, Flow, FlowSet, Node, NodeId, NodeKind, RecordWhat, ResultName, Say, SubFlow, Takes, Test, names,
};

/// The subject and the language of the text.
pub(super) struct Words<'a> {
    pub flow_set: &'a FlowSet,
    pub flow: &'a Flow,
    pub language: Language,
}

impl Words<'_> {
    /// The Japanese word in a Japanese picture, otherwise the English one.
    pub fn pick(&self, japanese: &'static str, english: &'static str) -> &'static str {
        if self.language == Language::Japanese { japanese } else { english }
    }

    pub fn wording(&self, say: &Say) -> String {
        let language = say.language.unwrap_or(self.language);
        let text = self.flow_set.wording(say.prompt.as_str(), language).map(|wording| wording.text.to_string());
        text.unwrap_or_else(|| say.prompt.to_string())
    }

    pub fn kind(&self, node: &Node) -> &'static str {
        match &node.kind {
            NodeKind::Announce(_) => self.pick("案内", "Says"),
            NodeKind::Menu(_) => self.pick("質問", "Question"),
            NodeKind::Gather(gather) => match gather.takes {
                Takes::Date => self.pick("日付の入力", "Date"),
                Takes::Digits { .. } | Takes::Number { .. } => self.pick("番号の入力", "Number"),
            },
            NodeKind::Confirm(_) => self.pick("復唱", "Reads back"),
            NodeKind::Branch(_) => self.pick("分かれ道", "Decision"),
            NodeKind::Record(_) => self.pick("記録", "Keeps"),
            NodeKind::Identify(_) => self.pick("本人の確認", "Identifies"),
            NodeKind::SubFlow(_) => self.pick("別の流れ", "Other flow"),
            NodeKind::HandOver(_) => self.pick("職員へ", "Hand-over"),
            NodeKind::End(_) => self.pick("終わり", "End"),
        }
    }

    pub fn title(&self, node: &Node) -> String {
        match &node.kind {
            NodeKind::Record(record) => match &record.what {
                RecordWhat::Answer { item, .. } => self.item(*item).to_owned(),
                RecordWhat::Report => self.pick("本日の報告が完了", "the report is complete").to_owned(),
                RecordWhat::CallBack { .. } => self.pick("折り返しの希望", "a call back is wanted").to_owned(),
                RecordWhat::Stop => self.pick("架電停止の依頼", "automated calls should stop").to_owned(),
                RecordWhat::StopUnconfirmed => self
                    .pick("架電停止の依頼（本人未確認）", "automated calls should stop, says somebody unknown")
                    .to_owned(),
                RecordWhat::Listener => {
                    self.pick("ご本人か、代わりに答える方", "the patient, or answers for the patient").to_owned()
                }
                RecordWhat::AlertsTaken => self.pick("引き受ける", "takes the alerts").to_owned(),
                RecordWhat::AlertsPassedOn => self.pick("次の人へ回す", "passes them on").to_owned(),
                RecordWhat::NotNow => self.pick("今は話せない", "can't talk now").to_owned(),
                RecordWhat::WrongNumber => self.pick("番号ちがい", "a wrong number").to_owned(),
            },
            NodeKind::SubFlow(SubFlow { flow, .. }) => {
                self.flow_set.flow(flow.to.as_str()).map_or(flow.to.to_string(), |flow| flow.title.clone())
            }
            NodeKind::End(end) => self.result(&end.result),
            NodeKind::Confirm(confirm) => self.name(&confirm.of.to),
            _ => node.question().map_or_else(|| self.own_title(node), |item| self.item(item).to_owned()),
        }
    }

    /// The author's title in a Japanese picture. Titles are in Japanese, names in English.
    fn own_title(&self, node: &Node) -> String {
        match &node.title {
            Some(title) if self.language == Language::Japanese => title.to_string(),
            _ => node.id.as_str().replace('_', " "),
        }
    }

    fn name(&self, id: &NodeId) -> String {
        self.flow.nodes.get(id).map_or(id.to_string(), |node| self.title(node))
    }

    fn result(&self, result: &ResultName) -> String {
        match result.as_str() {
            names::DONE => self.pick("完了", "done").to_owned(),
            names::GAVE_UP => self.pick("答えを得られず", "gave up").to_owned(),
            "back" => self.pick("もとの質問へ戻る", "back to the question").to_owned(),
            "continue" => self.pick("次の質問へ", "continues").to_owned(),
            names::HANG_UP => self.pick("電話を切る", "hangs up").to_owned(),
            other => other.replace('_', " "),
        }
    }

    /// The label of an exit's arrow; empty for the only exit.
    pub fn exit(&self, exit: &Exit) -> String {
        let plain = match exit {
            Exit::Next => "",
            Exit::Key(key, value, language) => {
                let meaning = match (value, language) {
                    (_, Some(language)) => language.own_name().to_owned(),
                    (Some(value), None) => self.value(value),
                    (None, None) => return key.0.to_string(),
                };
                return format!("{} {meaning}", key.0);
            }
            Exit::Instead(entry) => return entry.clone(),
            Exit::Result(result) => return self.result(result),
            Exit::Rule(test) => return self.rule(test),
            Exit::Right => self.pick("1 正しい", "1 right"),
            Exit::Again => self.pick("2 入れ直す", "2 again"),
            Exit::GiveUp => self.pick("回数を超えた", "tries used up"),
            Exit::Otherwise => self.pick("それ以外", "otherwise"),
            Exit::Matched => self.pick("確認できた", "found"),
            Exit::Resumed => self.pick("前回の続きがある", "begun earlier"),
            Exit::Mismatch => self.pick("一致しない", "mismatch"),
            Exit::Ended => self.pick("観察は終了", "observation ended"),
            Exit::Connected => self.pick("話し終えた", "talked"),
            Exit::Failed => self.pick("つながらない", "not reached"),
        };
        plain.to_owned()
    }

    fn value(&self, value: &str) -> String {
        match value {
            "yes" => self.pick("はい", "yes").to_owned(),
            "no" => self.pick("いいえ", "no").to_owned(),
            "unknown" => self.pick("わからない", "don't know").to_owned(),
            other => other.to_owned(),
        }
    }

    fn rule(&self, test: &Test) -> String {
        let plain = match test {
            Test::EntryIs(node, text) => return format!("{} = {text}", self.name(&node.to)),
            Test::AnswerIs(item, text) => return format!("{} = {}", self.item(*item), self.value(text)),
            Test::EntryAtMost(node, bound) => {
                let bound = match bound {
                    Bound::Number(number) => number.to_string(),
                    Bound::Spo2Amber => self.pick("黄の基準", "amber threshold").to_owned(),
                    Bound::Spo2Red => self.pick("赤の基準", "red threshold").to_owned(),
                };
                return format!("{} ≤ {bound}", self.name(&node.to));
            }
            Test::OfficeOpen => self.pick("受付時間内", "office open"),
            Test::CallerNumberNotCalled => self.pick("折り返せない種類の番号", "number not called"),
            Test::CallerNumberHidden => self.pick("番号が非通知", "number hidden"),
            Test::NoMorePeople => self.pick("人数の上限", "no more people"),
            Test::UntilKnown => self.pick("終了時刻がわかる", "end is known"),
            Test::AnsweredByMachine => self.pick("留守番電話", "answering machine"),
            Test::ListenerConfirmed => self.pick("確認ずみ", "has said who they are"),
            Test::KnownCaller => self.pick("2回目から", "known caller"),
            Test::ReportBegun => self.pick("今日の報告の途中", "report begun"),
            Test::Spo2LeftOut => self.pick("酸素飽和度を省く", "SpO2 left out"),
            Test::NoOpenAlerts => self.pick("待つ緊急がない", "no red alert waits"),
            Test::ContinuesAfterRed => self.pick("赤のあとも続ける", "continues after red"),
        };
        plain.to_owned()
    }

    fn item(&self, item: Item) -> &'static str {
        match item {
            Item::BodyTemperature => self.pick("体温", "body temperature"),
            Item::Spo2 => self.pick("酸素飽和度", "oxygen saturation"),
            Item::Complexion => self.pick("顔色・唇の色", "colour of face or lips"),
            Item::CoughOrRunnyNose => self.pick("せき・鼻水", "cough or runny nose"),
            Item::Breathlessness => self.pick("息苦しさ", "breathlessness"),
            Item::BreathlessnessSevere => self.pick("急な・横になれない息苦しさ", "severe breathlessness"),
            Item::Fatigue => self.pick("だるさ", "fatigue"),
            Item::NauseaOrVomiting => self.pick("吐き気・嘔吐", "nausea or vomiting"),
            Item::Diarrhoea => self.pick("下痢", "diarrhoea"),
            Item::Drowsiness => self.pick("意識がぼんやり", "drowsiness"),
            Item::UnableToEat => self.pick("食事がとれない", "unable to eat"),
            Item::NoUrine => self.pick("尿が出ない", "no urine"),
        }
    }
}
