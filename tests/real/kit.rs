//! What `tests/shops/install.sh` installs, and what a test does where it is not there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The build's own folder: `target`, or where `CARGO_TARGET_DIR` says.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder above target/tmp")
}

/// The scripts that run a real piece of software.
pub(crate) fn scripts(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shops").join(name)
}

/// The Python environment of a real piece of software.
pub(crate) fn environment(name: &str) -> PathBuf {
    target().join("shops").join(name)
}

/// All that decides how the seed turns out: the scripts and the packages.
pub(crate) fn recipe(shop: &str) -> String {
    let mut files: Vec<PathBuf> =
        fs::read_dir(scripts(shop)).expect("the scripts").map(|entry| entry.expect("a script").path()).collect();
    files.sort();
    files.push(environment(shop).join("installed"));
    files.iter().map(|file| fs::read_to_string(file).unwrap_or_default()).collect()
}

/// As [`has`], for what `tests/shops/install.sh` installs only by name: it may be missing in CI.
pub(crate) fn has_optional(test: &str, name: &str, others: &[&str], programs: &[&str]) -> bool {
    if environment(name).join("installed").exists() {
        return has(test, others, programs);
    }
    let _ = writeln!(std::io::stderr(), "SKIPPED: {test}: optional; run tests/shops/install.sh {name}");
    false
}

/// Whether all of these are installed. If not, says so: not by `eprintln!`, which the test harness keeps to
/// itself when a test passes.
///
/// # Panics
/// With `CI=true`: there nothing may be skipped in silence.
pub(crate) fn has(test: &str, environments: &[&str], programs: &[&str]) -> bool {
    let environments = environments.iter().filter(|name| !environment(name).join("installed").exists());
    let programs = programs.iter().filter(|program| !runs(program));
    let missing: Vec<&str> = environments.chain(programs).copied().collect();
    if missing.is_empty() {
        return true;
    }
    let line = format!("SKIPPED: {test}: not installed: {}; run tests/shops/install.sh", missing.join(", "));
    assert!(!in_ci(), "{line}");
    let _ = writeln!(std::io::stderr(), "{line}");
    false
}

fn runs(program: &str) -> bool {
    let started = Command::new(program).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status();
    started.is_ok()
}

#[expect(clippy::disallowed_methods, reason = "the CI's own word for itself")]
fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|ci| ci == "true")
}
