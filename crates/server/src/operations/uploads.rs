//! Files people send: kept under names of our own, checked by content, gone when done with.

use std::path::{Path, PathBuf};

use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use base::sheet::SheetError;
use domain::operations::imports;
use tokio::io::AsyncWriteExt as _;

use crate::app::App;
use crate::error::AppError;

/// Most bytes a file may have: 50 MB.
pub const MOST_BYTES: usize = 50 * 1024 * 1024;

/// A kept file, looked at.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The name it is kept under.
    pub file: String,
    /// The name it came with, for people to recognise.
    pub name: String,
    /// Its columns.
    pub headers: Vec<String>,
}

/// Where files are kept.
pub fn folder(app: &App) -> PathBuf {
    app.settings().data_dir.join("uploads")
}

/// Keeps the file of a form field.
///
/// # Errors
/// 413 above [`MOST_BYTES`], 415 when it is no table, `file` wrong when the table is unusable.
pub async fn save(app: &App, mut field: Field<'_>) -> Result<Saved, AppError> {
    let name = shown_name(field.file_name().unwrap_or_default());
    let kept = Kept::create(app).await?;
    let mut out = tokio::fs::File::create(&kept.path).await.map_err(unwritable)?;
    let mut size = 0;
    while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
        size += chunk.len();
        if size > MOST_BYTES {
            return Err(AppError::Status(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
        }
        out.write_all(&chunk).await.map_err(unwritable)?;
    }
    out.sync_all().await.map_err(unwritable)?;
    if size == 0 {
        // Without a name, nothing was chosen.
        let code = if name.is_empty() { "required" } else { "sheet-empty" };
        return Err(domain::Error::invalid("file", code).into());
    }
    let headers = look(&kept.path).await?.headers;
    Ok(Saved { file: kept.keep(), name, headers })
}

/// Copies a file of this machine among the kept ones: for the command line.
///
/// # Errors
/// As [`save`].
pub async fn copy(app: &App, from: &Path) -> Result<Saved, AppError> {
    let kept = Kept::create(app).await?;
    tokio::fs::copy(from, &kept.path).await.map_err(unwritable)?;
    let headers = look(&kept.path).await?.headers;
    let name = from.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(Saved { file: kept.keep(), name: name.unwrap_or_default(), headers })
}

/// The top of a kept file.
///
/// # Errors
/// As [`save`].
pub async fn look(path: &Path) -> Result<imports::Peek, AppError> {
    let path = path.to_owned();
    let peek = tokio::task::spawn_blocking(move || imports::peek(&path)).await;
    peek.map_err(|_| AppError::Status(StatusCode::INTERNAL_SERVER_ERROR, "internal"))?
        .map_err(not_a_table)
}

/// Deletes a kept file; one that is gone already is fine.
pub async fn delete(app: &App, file: &str) {
    if let Err(error) = tokio::fs::remove_file(folder(app).join(file)).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "an uploaded file cannot be deleted");
    }
}

/// A file being received: deleted unless it is kept.
struct Kept {
    name: String,
    path: PathBuf,
    done: bool,
}

impl Kept {
    async fn create(app: &App) -> Result<Self, AppError> {
        let folder = folder(app);
        tokio::fs::create_dir_all(&folder).await.map_err(unwritable)?;
        let name = base::ids::new_id(app.now()).to_string();
        Ok(Self { path: folder.join(&name), name, done: false })
    }

    fn keep(mut self) -> String {
        self.done = true;
        self.name.clone()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if !self.done {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Only the last part of what the browser says, and no invisible characters: it is shown.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(120).collect()
}

fn unreadable(error: MultipartError) -> AppError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return AppError::Status(StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    }
    AppError::Unreadable(error.body_text())
}

fn unwritable(error: std::io::Error) -> AppError {
    tracing::error!(%error, "an uploaded file cannot be written");
    AppError::Status(StatusCode::INTERNAL_SERVER_ERROR, "internal")
}

fn not_a_table(error: SheetError) -> AppError {
    let code = match error {
        SheetError::Unsupported => {
            return AppError::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "sheet-unsupported");
        }
        SheetError::Io(error) => return unwritable(error),
        SheetError::Empty => "sheet-empty",
        SheetError::TooManyColumns => "sheet-too-many-columns",
        SheetError::TooLarge | SheetError::TooManyRows => "sheet-too-large",
        SheetError::Unreadable => "sheet-unreadable",
    };
    domain::Error::invalid("file", code).into()
}
