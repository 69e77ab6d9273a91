//! Mails that are signed, verified by another program: dkimpy, which tests/shops/install.sh installs.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::harness::{World, skipped};

/// What reads a mail and the public key's DNS record, and says whether the signature is good.
const VERIFY: &str = "
import dkim, sys
record = sys.argv[2].encode()
asked = []
def dns(name, timeout=5):
    asked.append(name)
    return record
good = dkim.verify(open(sys.argv[1], 'rb').read(), dnsfunc=dns)
print('good' if good else 'bad', asked[0].decode() if asked else '')
";

fn python() -> Option<PathBuf> {
    let target = option_env!("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from);
    Some(target.join("shops/dkim/bin/python")).filter(|python| python.exists())
}

fn openssl(folder: &Path, args: &[&str]) -> Vec<u8> {
    let said = Command::new("openssl").args(args).current_dir(folder).output().expect("openssl");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    said.stdout
}

/// A world whose mails are signed with the key in `dkim.pem`.
fn signing() -> World {
    let mut world = World::lying();
    let dkim = json!({"domain": "shop.example", "selector": "st2026", "private_key_file": "dkim.pem"});
    world.set("/mail/dkim", dkim);
    world
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn another_program_finds_the_signature_good() {
    let Some(python) = python() else {
        return skipped("another_program_finds_the_signature_good", "dkimpy is not installed");
    };
    for (make, kind) in [
        (&["genrsa", "-out", "dkim.pem", "2048"][..], "rsa"),
        (&["genrsa", "-traditional", "-out", "dkim.pem", "2048"], "rsa"),
        (&["genpkey", "-algorithm", "ed25519", "-out", "dkim.pem"], "ed25519"),
    ] {
        let mut world = signing();
        world.set("/fallback/language", "he").set("/fallback/name", "דנה");
        // With a CSV beside the letter, the message has one part more.
        world.set("/mail/max_rows", 1).sells("A-3", crate::harness::Says::In, 0);
        openssl(world.folder(), make);
        let public = openssl(world.folder(), &["pkey", "-in", "dkim.pem", "-pubout", "-outform", "DER"]);
        // RFC 8463: an Ed25519 key is published as its bare 32 bytes.
        let public = if kind == "rsa" { &public[..] } else { &public[public.len() - 32..] };
        let record = format!("v=DKIM1; k={kind}; p={}", base64(public));

        world.run(&["check"]).exits(10);
        let mails = world.mail.mails();
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        let verdict = |bytes: &[u8]| {
            let file = world.file("mail.eml", bytes);
            let said = Command::new(&python).args(["-c", VERIFY]).arg(file).arg(&record).output().expect("python");
            assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
            String::from_utf8_lossy(&said.stdout).trim().to_owned()
        };
        let raw = &mail.raw;
        assert_eq!(verdict(raw), "good st2026._domainkey.shop.example.", "{}", String::from_utf8_lossy(raw));
        let text = String::from_utf8_lossy(raw);
        let forged = text.replacen("Subject: ", "Subject: Re: ", 1);
        assert!(verdict(forged.as_bytes()).starts_with("bad"), "a changed subject is found");
        let added = format!("In-Reply-To: <x@evil.example>\r\n{text}");
        assert!(verdict(added.as_bytes()).starts_with("bad"), "a header that was added is found");
        let key = std::fs::read_to_string(world.folder().join("dkim.pem")).expect("the key");
        let inside = key.lines().nth(1).expect("a line");
        let database = std::fs::read(world.database()).expect("the database");
        assert!(!database.windows(inside.len()).any(|window| window == inside.as_bytes()), "the key is kept nowhere");
    }
}

#[test]
fn a_key_that_is_none_is_a_problem_of_the_configuration() {
    let world = signing();
    world.file("dkim.pem", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
    let ran = world.run(&["validate"]);
    ran.exits(3).complains(["private_key_file", "neither RSA nor Ed25519"]);
    assert!(!ran.stderr.contains("c2VjcmV0"), "{}", ran.stderr);
}
