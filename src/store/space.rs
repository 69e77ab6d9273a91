//! How much room there is for the database.

use std::io;
use std::path::Path;

use super::Options;

/// Bytes that this user may still write where the database lies, and how large it is now.
///
/// # Errors
/// If the file system does not say.
pub fn room(options: &Options) -> io::Result<(u64, u64)> {
    let absolute = std::path::absolute(&options.file)?;
    // Before the first run there is no folder yet.
    let folder = absolute.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
    let system = rustix::fs::statvfs(folder)?;
    let free = system.f_bavail.saturating_mul(system.f_frsize);
    Ok((free, std::fs::metadata(&absolute).map_or(0, |file| file.len())))
}
