//! Health centres' rotas.

use jiff::Timestamp;

use super::{StoreError, Tx};
use crate::domain::{CentreCode, Revision, Rota};

/// A rota as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotaRow {
    /// The rota.
    pub rota: Rota,
    /// Its revision, from 1.
    pub revision: Revision,
}

/// The rota of a health centre. `None` if it has none.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, centre: &CentreCode) -> Result<Option<RotaRow>, StoreError> {
    tx.fetch_optional("SELECT rota, revision FROM rotas WHERE centre_code = $1", vec![centre.into()], |row| {
        Ok(RotaRow {
            rota: row.read(0, "rotas.rota", |text| serde_json::from_str(text).ok())?,
            revision: Revision(row.int(1)?),
        })
    })
    .await
}

/// The rotas of all health centres.
///
/// # Errors
/// Database errors.
pub async fn list(tx: &mut Tx) -> Result<Vec<(CentreCode, Rota)>, StoreError> {
    tx.fetch_all("SELECT centre_code, rota FROM rotas ORDER BY centre_code", vec![], |row| {
        let centre = row.read(0, "rotas.centre_code", |text| CentreCode::parse(text).ok())?;
        Ok((centre, row.read(1, "rotas.rota", |text| serde_json::from_str(text).ok())?))
    })
    .await
}

/// Stores a rota in place of the one with revision `seen`; 0 if there was none. Returns `false` if there is another.
///
/// # Errors
/// Database errors.
pub async fn put(
    tx: &mut Tx,
    centre: &CentreCode,
    rota: &Rota,
    seen: Revision,
    at: Timestamp,
) -> Result<bool, StoreError> {
    // A rota consists of texts, numbers and codes, so serialization can't fail.
    let json = serde_json::to_string(rota).unwrap_or_default();
    let written = if seen.number() == 0 {
        let sql = "INSERT INTO rotas (centre_code, rota, revision, updated_at) VALUES ($1, $2, 1, $3)
                   ON CONFLICT (centre_code) DO NOTHING";
        tx.execute(sql, vec![centre.into(), json.into(), at.into()]).await?
    } else {
        let sql = "UPDATE rotas SET rota = $2, revision = revision + 1, updated_at = $3
                   WHERE centre_code = $1 AND revision = $4";
        tx.execute(sql, vec![centre.into(), json.into(), at.into(), seen.number().into()]).await?
    };
    Ok(written == 1)
}
