//! What certificates need of the settings: the fonts of their files.

use std::sync::Arc;

use anyhow::Context as _;

use crate::config::Config;
use crate::render::Fonts;
use crate::web::CertificateSettings;

/// Reads the second font, if the settings name one.
pub(super) fn certificate_settings(config: &Config) -> anyhow::Result<CertificateSettings> {
    let fonts = match config.certificate.second_font.as_ref().filter(|path| !path.as_os_str().is_empty()) {
        Some(path) => {
            let setting = || format!("certificate.second_font: {}", path.display());
            Fonts::with_second(std::fs::read(path).with_context(setting)?).with_context(setting)?
        }
        None => Fonts::built_in()?,
    };
    Ok(CertificateSettings { fonts: Arc::new(fonts), public_url: config.server.public_url() })
}
