//! The columns of a patient list, their names, and common mistaken names.

use crate::domain::width;
use std::borrow::Cow;

/// A column of a patient list. Each has an English and a Japanese name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// HER-SYS ID
    HersysId,
    /// 生年月日
    BirthDate,
    /// 姓
    FamilyName,
    /// 名
    GivenName,
    /// 電話番号
    PhoneNumber,
    /// 自動架電
    AutomatedCall,
    /// 架電時刻
    CallTimes,
    /// 言語
    Language,
    /// 診断年月日
    DiagnosisDate,
    /// 観察開始日
    MonitoringStart,
    /// パルスオキシメーター
    Oximeter,
}

/// Column names of other systems. They aren't ours, but are clear enough to ask "did you mean".
const MISTAKEN: [(&str, Column); 34] = [
    ("id", Column::HersysId),
    ("patientid", Column::HersysId),
    ("ハシスid", Column::HersysId),
    ("患者id", Column::HersysId),
    ("birthday", Column::BirthDate),
    ("dateofbirth", Column::BirthDate),
    ("dob", Column::BirthDate),
    ("誕生日", Column::BirthDate),
    ("出生日", Column::BirthDate),
    ("name", Column::FamilyName),
    ("surname", Column::FamilyName),
    ("lastname", Column::FamilyName),
    ("氏", Column::FamilyName),
    ("氏名", Column::FamilyName),
    ("苗字", Column::FamilyName),
    ("名字", Column::FamilyName),
    ("firstname", Column::GivenName),
    ("名前", Column::GivenName),
    ("phone", Column::PhoneNumber),
    ("tel", Column::PhoneNumber),
    ("telephone", Column::PhoneNumber),
    ("mobile", Column::PhoneNumber),
    ("電話", Column::PhoneNumber),
    ("携帯", Column::PhoneNumber),
    ("架電", Column::AutomatedCall),
    ("架電時間", Column::CallTimes),
    ("時刻", Column::CallTimes),
    ("diagnosed", Column::DiagnosisDate),
    ("診断日", Column::DiagnosisDate),
    ("療養開始日", Column::MonitoringStart),
    ("pulseoximeter", Column::Oximeter),
    ("パルスオキシメータ", Column::Oximeter),
    ("オキシメーター", Column::Oximeter),
    ("酸素飽和度計", Column::Oximeter),
];

/// The column that says why a row wasn't imported, in both languages.
pub const WHY_NOT: [&str; 2] = ["not_imported_because", "取り込めない理由"];
/// The column that says how a patient's calls stand.
pub const STANDING: [&str; 2] = ["calls_now", "架電の状態"];
/// The column that says when the next call is, with the offset of its time.
pub const NEXT_CALL: [&str; 2] = ["next_call_at", "次の架電"];

/// The same names as they are compared.
const FOR_PEOPLE: [&str; 6] =
    ["notimportedbecause", "取り込めない理由", "callsnow", "架電の状態", "nextcallat", "次の架電"];

impl Column {
    /// All columns, in the documented order.
    pub const ALL: [Self; 11] = [
        Self::HersysId,
        Self::BirthDate,
        Self::FamilyName,
        Self::GivenName,
        Self::PhoneNumber,
        Self::AutomatedCall,
        Self::CallTimes,
        Self::Language,
        Self::DiagnosisDate,
        Self::MonitoringStart,
        Self::Oximeter,
    ];

    /// The columns without which no patient can be registered.
    pub const REQUIRED: [Self; 4] = [Self::HersysId, Self::BirthDate, Self::FamilyName, Self::GivenName];

    /// The English name, which is also the field's name in the database and in commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HersysId => "hersys_id",
            Self::BirthDate => "birth_date",
            Self::FamilyName => "family_name",
            Self::GivenName => "given_name",
            Self::PhoneNumber => "phone_number",
            Self::AutomatedCall => "automated_call",
            Self::CallTimes => "call_times",
            Self::Language => "language",
            Self::DiagnosisDate => "diagnosis_date",
            Self::MonitoringStart => "monitoring_start",
            Self::Oximeter => "oximeter",
        }
    }

    /// The Japanese name.
    pub const fn japanese(self) -> &'static str {
        match self {
            Self::HersysId => "HER-SYS ID",
            Self::BirthDate => "生年月日",
            Self::FamilyName => "姓",
            Self::GivenName => "名",
            Self::PhoneNumber => "電話番号",
            Self::AutomatedCall => "自動架電",
            Self::CallTimes => "架電時刻",
            Self::Language => "言語",
            Self::DiagnosisDate => "診断年月日",
            Self::MonitoringStart => "観察開始日",
            Self::Oximeter => "パルスオキシメーター",
        }
    }

    /// Reads a column's name in either language, width and case. Spaces, hyphens, underscores and the marks and
    /// remarks of forms (`※`, `（必須）`) are ignored.
    pub fn read(name: &str) -> Option<Self> {
        let bare = bare(name);
        let bare = without_remark(&bare, |remark| REMARKS.contains(&remark));
        Self::ALL.into_iter().find(|column| column.names().any(|known| known == bare))
    }

    /// Whether a name is of a column that this program writes into lists for people, and doesn't read.
    pub fn is_for_people(name: &str) -> bool {
        let bare = bare(name);
        FOR_PEOPLE.iter().any(|known| *known == bare)
    }

    /// The column that an unknown name probably means.
    pub fn guess(name: &str) -> Option<Self> {
        let bare = bare(name);
        let bare = without_remark(&bare, |_| true).to_owned();
        if bare.chars().count() > LONGEST_GUESSED {
            return None;
        }
        let mistaken = MISTAKEN.iter().find(|(known, _)| *known == bare).map(|&(_, column)| column);
        mistaken.or_else(|| {
            let near = Self::ALL.into_iter().flat_map(|column| column.names().map(move |known| (column, known)));
            let near = near.map(|(column, known)| (strsim::levenshtein(&bare, &known), known.chars().count(), column));
            near.filter(|(edits, length, _)| edits.saturating_mul(3) <= *length)
                .min_by_key(|(edits, ..)| *edits)
                .map(|found| found.2)
        })
    }

    pub(super) const fn place(self) -> usize {
        self as usize
    }

    fn names(self) -> impl Iterator<Item = String> {
        [self.code(), self.japanese()].into_iter().map(bare)
    }
}

/// Remarks of forms that don't change the meaning of a name.
const REMARKS: [&str; 8] = ["必須", "任意", "西暦", "和暦", "半角", "半角数字", "required", "optional"];

/// The name without a trailing remark in brackets.
fn without_remark(name: &str, counts: impl Fn(&str) -> bool) -> &str {
    let brackets = [('(', ')'), ('[', ']'), ('【', '】')];
    let found = brackets.into_iter().find_map(|(open, close)| name.strip_suffix(close)?.split_once(open));
    found.filter(|(name, remark)| !name.is_empty() && counts(remark)).map_or(name, |(name, _)| name)
}

/// The longest name that is compared with ours, which limits the work.
const LONGEST_GUESSED: usize = 40;

fn bare(name: &str) -> String {
    let folded: Cow<'_, str> = width::fold(name);
    let kept =
        folded.chars().map(width::hyphen).filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '※' | '*' | ':'));
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_known_in_either_language_width_and_case() {
        for column in Column::ALL {
            assert_eq!(Column::read(column.code()), Some(column));
            assert_eq!(Column::read(column.japanese()), Some(column));
        }
        for name in ["ＨＥＲ－ＳＹＳ　ＩＤ", " her-sys id ", "HERSYS ID", "Hersys_ID", "ｈｅｒｓｙｓ＿ｉｄ"]
        {
            assert_eq!(Column::read(name), Some(Column::HersysId), "{name}");
        }
        assert_eq!(Column::read("氏名"), None);
        assert_eq!(Column::read(""), None);
        for name in [WHY_NOT, STANDING, NEXT_CALL].into_iter().flatten() {
            assert!(Column::is_for_people(name) && Column::read(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_misspelt_column_is_guessed_and_a_strange_one_is_not() {
        assert_eq!(Column::guess("phone_nubmer"), Some(Column::PhoneNumber));
        assert_eq!(Column::guess("hersys id no"), Some(Column::HersysId));
        assert_eq!(Column::guess("Phone"), Some(Column::PhoneNumber));
        assert_eq!(Column::guess("誕生日"), Some(Column::BirthDate));
        assert_eq!(Column::guess("氏名"), Some(Column::FamilyName));
        assert_eq!(Column::guess("備考"), None);
        assert_eq!(Column::guess(&"x".repeat(10_000)), None);
    }
}
