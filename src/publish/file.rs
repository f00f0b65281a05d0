//! One file that is there whole, as it was, or not at all.

use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file beside the one that was named, and renames it when it is whole. A link is followed.
///
/// # Errors
/// It cannot be written; what stood there stays.
pub fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // As any other file: the mask of the process says who may read it.
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let mut partial = builder.tempfile_in(folder)?;
    partial.write_all(contents)?;
    partial.persist(&path).map(drop).map_err(|error| error.error)
}
