//! Patient lists that staff upload in the console: received, shown as a dry run, and imported as a whole once staff
//! agree. The work goes on when the page is left, and when the program ends: another process continues it. Its content
//! is encrypted, and erased when it is imported or discarded, or a day after the upload.

mod content;
mod decide;
mod receive;
mod show;
mod sweep;
mod work;

pub use content::{AlikeRow, CallEffects, CellFault, ColumnRead, FieldChange, ListedRow, RowWarning, UploadDetails};
pub use decide::{Started, choose_sheet, discard_upload, start_import};
pub use receive::{Received, receive_list};
pub(in crate::service::patients) use show::visible;
pub use show::{RefusedRows, ShownUpload, UploadView, list_uploads, refused_rows, show_upload};
pub use sweep::sweep_uploads;
pub use work::{FindingWords, work_on_upload};
