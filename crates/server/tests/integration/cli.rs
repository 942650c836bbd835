//! What an operator sees when something is wrong: one clear line, and a non-zero exit.

use std::process::{Command, Output};

/// Runs `vigie` in an empty folder with a clean environment.
fn vigie(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap()
}

/// The only line on stderr, after checking that the exit says failure.
#[track_caller]
fn one_line(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!output.status.success(), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1, "{text}");
    lines[0].to_owned()
}

#[test]
fn a_port_in_use_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = one_line(&vigie(folder.path(), &["serve", "--listen", &address]));
    assert!(line.contains("cannot listen on") && line.contains(&address), "{line}");
}

#[test]
fn an_unwritable_data_folder_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be: refused even to root, who ignores permissions.
    std::fs::write(folder.path().join("data"), "").unwrap();
    let line = one_line(&vigie(folder.path(), &["serve", "--listen", "127.0.0.1:0"]));
    assert!(line.contains("data folder"), "{line}");
}

#[test]
fn an_unreachable_database_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    // Bound and dropped: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let database = format!("postgres://nobody:secret@127.0.0.1:{port}/none");
    let output = vigie(folder.path(), &["migrate", "--database", &database]);
    let line = one_line(&output);
    assert!(line.contains("database") && !line.contains("secret"), "{line}");
}

#[test]
fn a_bad_setting_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &str); 4] = [
        (&["migrate", "--database", "mysql://x"], "sqlite:"),
        (&["serve", "--listen", "127.0.0.1:0", "--base-url", "not an address"], "base-url"),
        (&["serve", "--listen", "127.0.0.1:0", "--smtp", "http://mail"], "smtp"),
        (&["serve", "--config", "missing.toml"], "missing.toml"),
    ];
    for (arguments, named) in cases {
        let line = one_line(&vigie(folder.path(), arguments));
        assert!(line.contains(named), "{arguments:?}: {line}");
    }
    std::fs::write(folder.path().join("config.toml"), "listn = \"x\"").unwrap();
    let line = one_line(&vigie(folder.path(), &["migrate"]));
    assert!(line.contains("config.toml") && line.contains("listn"), "{line}");
}

#[test]
fn a_database_written_by_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/vigie.db"), "not a database, just text ".repeat(100))
        .unwrap();
    let line = one_line(&vigie(folder.path(), &["migrate"]));
    assert!(line.contains("database"), "{line}");
}
