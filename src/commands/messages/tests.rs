//! Errors say to people in English what they say in the log, and have Japanese.

use std::fmt::Display;

use super::ToMessage;
use crate::carrier::CarrierIdError;
use crate::carrier::twilio::rest::NotReady;
use crate::carrier::twilio::{NoToken, VoiceError};
use crate::config::{
    AddressError, ConfigError, EmailFault, Expected, NetworkError, Place, SecretFileError, SettingFault,
    SettingsFileError, SipFault, Warning,
};
use crate::domain::{
    BirthDateError, CallTimesError, CallingHoursError, CentreCodeError, HersysIdError, KeysError, Language,
    PhoneNumberError, PlainLineError, StaffName, UnknownLanguage,
};
use crate::mail::SmtpError;
use crate::policy::{
    AfterRedError, CallPatternError, CentreCallsError, DaysOffError, MissedCallSmsError, OfficeHoursError,
    ReportCoversError, RetryPolicyError, SmsPriceError, UnregisteredReportsError,
};
use crate::store::{
    CopyFault, CopyRefused, CopyStep, Distrust, FileFault, NoDatabase, NotCreated, OpenFault, ServerFault, StepTodo,
    StoreError, Unique, Unmade,
};

fn says<E: Display + ToMessage>(errors: &[E]) {
    assert!(!errors.is_empty());
    for error in errors {
        let message = error.message();
        assert_eq!(message.checked_text(Language::English).expect("English"), error.to_string());
        message.checked_text(Language::Japanese).expect("Japanese");
    }
}

#[test]
fn forms_of_settings_say_what_the_log_says() {
    let text = || "x".to_owned();
    let expected = [
        Expected::Text,
        Expected::Path,
        Expected::WholeNumber,
        Expected::Number,
        Expected::OneOf("a, b".to_owned()),
        Expected::Networks(NetworkError::Form),
        Expected::Networks(NetworkError::Everybody),
        Expected::Other("a bool".to_owned()),
    ];
    let forms = expected.map(|expected| SettingFault::Form { name: text(), expected: Some(expected) });
    let addresses = [
        AddressError::Scheme,
        AddressError::Characters,
        AddressError::Query,
        AddressError::User,
        AddressError::Host,
        AddressError::Unspecified,
        AddressError::Plain,
    ];
    let files = [
        SecretFileError::Unreadable(text()),
        SecretFileError::NotAFile,
        SecretFileError::TooLarge,
        SecretFileError::NotUtf8,
        SecretFileError::Empty,
    ];
    says(&forms);
    says(&addresses.map(SettingFault::Address));
    let mail = [
        EmailFault::NoServer,
        EmailFault::Server,
        EmailFault::Port,
        EmailFault::From,
        EmailFault::HalfLogIn,
        EmailFault::Plain,
    ];
    says(&mail.map(SettingFault::Email));
    says(&files.map(|error| SettingFault::SecretFile { path: "/secret".into(), error }));
}

#[test]
fn faults_of_settings_say_what_the_log_says() {
    let text = || "x".to_owned();
    says(&[
        SettingFault::Unreadable,
        SettingFault::UnreadableTogether,
        SettingFault::NotToml,
        SettingFault::IsSection(text()),
        SettingFault::UnknownInFile(None),
        SettingFault::UnknownInFile(Some(text())),
        SettingFault::UnknownVariable(None),
        SettingFault::UnknownVariable(Some(text())),
        SettingFault::NotUtf8,
        SettingFault::Form { name: text(), expected: None },
        SettingFault::NoPublicUrl(([0, 0, 0, 0], 8080).into()),
        SettingFault::BaseUrl,
        SettingFault::BaseUrlUser,
        SettingFault::Pasted,
        SettingFault::Twice(text()),
        SettingFault::NoSimulator,
        SettingFault::Sip(SipFault::NoJournal),
        SettingFault::Sip(SipFault::NoAddress),
        SettingFault::Sip(SipFault::LongestRinging),
        SettingFault::Sip(SipFault::NoTrunk),
        SettingFault::Sip(SipFault::TrunkAddress),
        SettingFault::Sip(SipFault::TrunkNetworks),
        SettingFault::Sip(SipFault::NoPassword),
        SettingFault::Sip(SipFault::NoChannel),
        SettingFault::Sip(SipFault::NoUserName),
        SettingFault::DatabaseUrl,
        SettingFault::CallsPerSecond,
        SettingFault::NoCalls,
        SettingFault::Price,
        SettingFault::LongestCall,
        SettingFault::IdentifySeconds,
        SettingFault::WaitSeconds,
        SettingFault::TimeZone,
        SettingFault::NoToken,
        SettingFault::CallerNumber,
        SettingFault::RingSeconds,
    ]);
}

#[test]
fn places_and_warnings_of_settings_say_what_the_log_says() {
    let text = || "x".to_owned();
    let at = |place| ConfigError::Setting { place, fault: SettingFault::NotToml };
    says(&[
        ConfigError::File { path: "/f".into(), source: SettingsFileError::TooLarge },
        ConfigError::File { path: "/f".into(), source: SettingsFileError::NotUtf8 },
        ConfigError::Variable { name: text(), fault: SettingFault::NotUtf8 },
        at(Place::Setting(text())),
        at(Place::Whole),
        at(Place::File("/f".into())),
        at(Place::Position { path: "/f".into(), line: 1234, column: 5 }),
    ]);
    says(&[
        Warning::NoCarrier,
        Warning::NoDayLimits,
        Warning::NoPublicUrl,
        Warning::NoCallerNumber,
        Warning::NoSipCallerNumber,
        Warning::NoCheckpointFile,
    ]);
    says(&[
        NotReady::NoAccount,
        NotReady::Account(CarrierIdError),
        NotReady::NoToken,
        NotReady::BaseUrl,
        NotReady::Tls(text()),
    ]);
    says(&[SmtpError::From, SmtpError::Certificates { path: "/ca.pem".into(), why: text() }, SmtpError::Tls(text())]);
    says(&[NoToken]);
    says(&[VoiceError]);
}

#[test]
fn files_of_databases_say_what_the_log_says() {
    let why = || "why".to_owned();
    let files = [
        FileFault::IsFolder,
        FileFault::NoFolder,
        FileFault::ReadOnly,
        FileFault::NotCreated(why(), NotCreated::FullDisk),
        FileFault::NotCreated(why(), NotCreated::ReadOnlyDisk),
        FileFault::NotCreated(why(), NotCreated::Other),
        FileFault::NotReached(why()),
        FileFault::Log,
        FileFault::ReadOnlyDisk,
        FileFault::FullDisk,
        FileFault::FailingDisk,
        FileFault::NotWritable,
        FileFault::NotADatabase,
        FileFault::Damaged,
        FileFault::Other(why()),
        FileFault::UnwritableDisk,
        FileFault::UnwritableFile,
    ];
    says(&files.map(|fault| OpenFault::File { path: "/data/calls.db".into(), fault }));
}

#[test]
fn servers_and_addresses_say_what_the_log_says() {
    let why = || "why".to_owned();
    let distrust = [Distrust::Issuer, Distrust::Name, Distrust::Time, Distrust::Authority, Distrust::Other];
    let servers = distrust.map(|distrust| ServerFault::NotTrusted(why(), distrust));
    let servers = servers.into_iter().chain([ServerFault::Refused(why()), ServerFault::NotEncrypted(why())]);
    let servers = servers.map(|fault| OpenFault::Server { server: "host:5432".to_owned(), fault });
    says(&servers.collect::<Vec<_>>());
    says(&[
        OpenFault::Scheme,
        OpenFault::ServerAddress,
        OpenFault::UnknownParameter,
        OpenFault::FileOfParameter { parameter: "sslcert".to_owned(), why: None },
        OpenFault::FileOfParameter { parameter: "sslcert".to_owned(), why: Some(why()) },
        OpenFault::SeveralServers,
        OpenFault::OptionalEncryption("host".to_owned()),
        OpenFault::FileParameters("x".to_owned()),
        OpenFault::FileEscape("x%".to_owned()),
        OpenFault::NoFileName,
        OpenFault::RelativePath("x".to_owned()),
        OpenFault::Migration(why()),
        OpenFault::NotOwner(Unmade::Tables),
        OpenFault::NotOwner(Unmade::Guards),
        OpenFault::Tables(why()),
    ]);
    says(&[
        StoreError::Unreachable { server: "host:5432".to_owned(), why: Some(why()) },
        StoreError::Unreachable { server: "host:5432".to_owned(), why: None },
        StoreError::NoDatabase(NoDatabase::NoFile("/f".into())),
        StoreError::NoDatabase(NoDatabase::NoTablesInFile("/f".into())),
        StoreError::NoDatabase(NoDatabase::NoTables { name: "n".to_owned(), server: "host:5432".to_owned() }),
        StoreError::Newer,
        StoreError::Older,
        StoreError::Stale,
        StoreError::Taken(Unique::HersysId),
        StoreError::Full,
        StoreError::ReadOnly,
        StoreError::Replaced,
        StoreError::Busy,
        StoreError::Abandoned,
        StoreError::Inconsistent { what: "calls.line" },
    ]);
}

#[test]
fn backups_say_what_the_log_says() {
    let why = || "why".to_owned();
    let steps = [CopyStep::Write, CopyStep::Keep, CopyStep::Remove, CopyStep::Replace];
    let steps = steps.map(|step| CopyFault::Step(step, why(), StepTodo::Permission));
    let todos = [StepTodo::FullDisk, StepTodo::ReadOnlyDisk, StepTodo::NoFolder, StepTodo::Other];
    let todos = todos.map(|todo| CopyFault::Step(CopyStep::Write, why(), todo));
    let others = [
        CopyFault::NoName,
        CopyFault::NotUtf8,
        CopyFault::InProgress,
        CopyFault::Exists,
        CopyFault::MadeMeanwhile,
        CopyFault::FailingDisk,
        CopyFault::NotFound(why()),
        CopyFault::Unreadable(why()),
        CopyFault::NotAFile,
        CopyFault::IsTheDatabase,
        CopyFault::NotADatabase,
        CopyFault::Damaged,
    ];
    let all = steps.into_iter().chain(todos).chain(others);
    says(&all.map(|fault| CopyRefused { path: "/backup".into(), fault }).collect::<Vec<_>>());
}

#[test]
fn values_say_what_the_log_says() {
    let hidden = StaffName::parse("a\u{202e}b").expect_err("hidden");
    says(&[PlainLineError::Empty, PlainLineError::TooLong(100), hidden]);
    says(&[BirthDateError::Form, BirthDateError::NoSuchDay, BirthDateError::Future, BirthDateError::TooOld]);
    says(&[CallTimesError::Form, CallTimesError::NoSuchTime, CallTimesError::TooMany, CallTimesError::Twice]);
    says(&[CallingHoursError]);
    says(&[CentreCodeError]);
    says(&[HersysIdError::Length(5), HersysIdError::NotDigits]);
    says(&[KeysError::NotAKey, KeysError::TooMany]);
    says(&[PhoneNumberError]);
    says(&[UnknownLanguage]);
    says(&[OfficeHoursError]);
    says(&[DaysOffError::Form, DaysOffError::TooMany, DaysOffError::EveryDay]);
    says(&[ReportCoversError]);
    says(&[UnregisteredReportsError]);
    says(&[AfterRedError]);
    says(&[CentreCallsError]);
    let field = CallPatternError::Field { field: "day of month" };
    says(&[CallPatternError::Form, field, CallPatternError::WeekdayNumber, CallPatternError::Seconds]);
    says(&[MissedCallSmsError::Length, MissedCallSmsError::UnknownGap]);
    says(&[SmsPriceError]);
    says(&[
        RetryPolicyError::Form,
        RetryPolicyError::OutOfRange,
        RetryPolicyError::Twice,
        RetryPolicyError::WrongNumber,
    ]);
}
