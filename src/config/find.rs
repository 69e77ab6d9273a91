//! Where the configuration is.

use std::path::{Path, PathBuf};

use super::expand::Environment;

/// No configuration was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no configuration found; looked for {}", places(.looked))]
pub struct NotFound {
    /// The files that were looked for, in order.
    pub looked: Vec<PathBuf>,
}

impl NotFound {
    /// What to do.
    pub fn help(&self) -> &'static str {
        "write one with `stocktruth init`, or name one with `-c FILE` or $STOCKTRUTH_CONFIG"
    }
}

fn places(looked: &[PathBuf]) -> String {
    looked.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Finds the configuration: the one named, else `$STOCKTRUTH_CONFIG`, else `./stocktruth.yaml`, else
/// `stocktruth/stocktruth.yaml` in `$XDG_CONFIG_HOME` (or `~/.config`), else `/etc/stocktruth/stocktruth.yaml`.
/// A file that was named is returned whether it is there or not; reading it then says what is wrong.
///
/// # Errors
/// None is named and none is in any of the places.
pub fn find(explicit: Option<&Path>) -> Result<PathBuf, NotFound> {
    search(explicit, Path::new("."), &super::environment)
}

fn search(explicit: Option<&Path>, here: &Path, environment: &Environment<'_>) -> Result<PathBuf, NotFound> {
    let variable = |name: &str| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(named) = explicit.map(Path::to_owned).or_else(|| variable("STOCKTRUTH_CONFIG")) {
        return Ok(named);
    }
    let user = variable("XDG_CONFIG_HOME").or_else(|| variable("HOME").map(|home| home.join(".config")));
    let looked: Vec<PathBuf> = [
        Some(here.join("stocktruth.yaml")),
        user.map(|folder| folder.join("stocktruth/stocktruth.yaml")),
        Some(PathBuf::from("/etc/stocktruth/stocktruth.yaml")),
    ]
    .into_iter()
    .flatten()
    .collect();
    match looked.iter().find(|path| path.is_file()) {
        Some(found) => Ok(found.clone()),
        None => Err(NotFound { looked }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_looked_at_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let (here, home) = (folder.path().join("here"), folder.path().join("home"));
        let users = home.join(".config/stocktruth/stocktruth.yaml");
        std::fs::create_dir_all(&here).unwrap();
        std::fs::create_dir_all(users.parent().unwrap()).unwrap();
        let bare = |name: &str| (name == "HOME").then(|| home.display().to_string());
        let named = |name: &str| (name == "STOCKTRUTH_CONFIG").then(|| "/from/variable.yaml".to_owned());

        let missing = search(None, &here, &bare).unwrap_err();
        assert_eq!(missing.looked.len(), 3);
        assert!(missing.to_string().ends_with("/etc/stocktruth/stocktruth.yaml"), "{missing}");

        std::fs::write(&users, "").unwrap();
        assert_eq!(search(None, &here, &bare).unwrap(), users);
        std::fs::write(here.join("stocktruth.yaml"), "").unwrap();
        assert_eq!(search(None, &here, &bare).unwrap(), here.join("stocktruth.yaml"));
        assert_eq!(search(None, &here, &named).unwrap(), Path::new("/from/variable.yaml"));
        assert_eq!(search(Some(Path::new("mine.yaml")), &here, &named).unwrap(), Path::new("mine.yaml"));
    }
}
