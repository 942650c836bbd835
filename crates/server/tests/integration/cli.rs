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
    let cases: [(&[&str], &str); 15] = [
        (&["migrate", "--database", "mysql://x"], "sqlite:"),
        (&["serve", "--listen", "127.0.0.1:0", "--base-url", "not an address"], "base-url"),
        (&["serve", "--listen", "127.0.0.1:0", "--trusted-proxies", "10.0.0.0/40"], "10.0.0.0/40"),
        (&["serve", "--listen", "127.0.0.1:0", "--smtp", "http://mail"], "smtp"),
        (&["serve", "--config", "missing.toml"], "missing.toml"),
        (&["serve", "--mail-from", "not a mail"], "mail-from"),
        (&["serve", "--base-url", "ftp://vigie.test"], "base-url"),
        (&["serve", "--base-url", "https://vigie.test/sub/"], "base-url"),
        (&["serve", "--api-rate", "0"], "api-rate"),
        (&["serve", "--listen", "127.0.0.1:99999"], "listen"),
        (&["serve", "--listen", "3000"], "listen"),
        (&["serve", "--api-rate", "many"], "api-rate"),
        (&["serve", "--smtp-ca-file", "missing.pem"], "smtp"),
        (&["serve", "--nope"], "--nope"),
        (&["import", "clients"], "<FILE>"),
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
fn only_commands_that_begin_something_make_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 5] = [
        &["audit", "verify"],
        &["work"],
        &["user", "list"],
        &["link-orders-to-clients"],
        &["export", "clients", "--output", "x.csv"],
    ];
    for arguments in commands {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--database", "sqlite:typo/vigie.db"]);
        let line = one_line(&vigie(folder.path(), &arguments));
        assert!(line.contains("no database at typo/vigie.db"), "{arguments:?}: {line}");
        assert!(!folder.path().join("typo").exists(), "{arguments:?}");
    }
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

/// What it prints, after checking that it succeeded.
#[track_caller]
fn said(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// `vigie user create …` with the password on its standard input.
fn create_user(folder: &std::path::Path, email: &str, more: &[&str]) -> Output {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(["user", "create", "--email", email, "--name", "Awa N’Diaye", "--password-stdin"])
        .args(more)
        .current_dir(folder)
        .env_clear()
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all("phare-dans-la-brume\n".as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn people_are_made_and_listed_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    said(&vigie(folder.path(), &["demo", "--clients", "20"]));
    let super_admin = create_user(folder.path(), "racine@exemple.test", &["--role", "super_admin"]);
    assert!(said(&super_admin).contains("racine@exemple.test can sign in at"));
    let agent = ["--role", "agent", "--center", "Vigie Dakar"];
    said(&create_user(folder.path(), "agent@exemple.test", &agent));
    let twice = one_line(&create_user(folder.path(), "AGENT@exemple.test", &agent));
    assert!(twice.contains("email"), "{twice}");
    let nowhere = create_user(folder.path(), "x@exemple.test", &["--role", "agent"]);
    assert!(one_line(&nowhere).contains("--center"));
    let list = said(&vigie(folder.path(), &["user", "list"]));
    let line = list.lines().find(|line| line.starts_with("agent@exemple.test")).unwrap();
    assert_eq!(line, "agent@exemple.test\tagent\tactive\tVigie Dakar\tAwa N’Diaye");
}

#[test]
fn clients_go_in_and_out_by_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    said(&vigie(folder.path(), &["demo", "--clients", "20"]));
    let file = "client_id;full_name;email;phone\nX-1;Zoé Œuvrard;zoe@exemple.test;06 12 34 56 78\nX-2;=1+1;;\nX-3;;pas une adresse;\n";
    std::fs::write(folder.path().join("clients.csv"), file).unwrap();
    let import = [
        "import",
        "clients",
        "clients.csv",
        "--center",
        "Vigie Paris",
        "--mapping",
        "client_id=code",
    ];
    let mut dry = import.to_vec();
    dry.push("--dry-run");
    vigie(folder.path(), &dry);
    let export = |name: &str| {
        said(&vigie(
            folder.path(),
            &["export", "clients", "--output", name, "--center", "Vigie Paris"],
        ));
        std::fs::read(folder.path().join(name)).unwrap()
    };
    let text = String::from_utf8(export("before.csv")).unwrap();
    assert!(!text.contains("X-1"), "a dry run changed something: {text}");
    vigie(folder.path(), &import);
    let text = String::from_utf8(export("after.csv")).unwrap();
    assert!(text.contains("X-1") && text.contains("Zoé"), "{text}");
    // A formula comes out as text, the wrong line not at all.
    assert!(text.contains("'=1+1") && !text.contains("X-3"), "{text}");
    assert!(export("after.xlsx").starts_with(b"PK"));
    let wrong = one_line(&vigie(
        folder.path(),
        &["import", "clients", "missing.csv", "--center", "Vigie Paris"],
    ));
    assert!(wrong.contains("missing.csv"), "{wrong}");
}

#[test]
fn a_new_installation_begins_on_the_command_line_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = "client_id,full_name,email,phone\nX-1,Zoé Œuvrard,zoe@exemple.test,06 12 34 56 78\n";
    std::fs::write(folder.path().join("clients.csv"), file).unwrap();
    let made = said(&create_user(folder.path(), "racine@exemple.test", &["--role", "super_admin"]));
    assert!(made.contains("made the first centre, Centre principal"), "{made}");
    let import = ["import", "clients", "clients.csv"];
    let told = said(&vigie(folder.path(), &import));
    assert!(told.contains("1 created") && !told.contains("first centre"), "{told}");
    let told = said(&create_user(folder.path(), "chef@exemple.test", &["--role", "owner"]));
    assert!(!told.contains("first centre"), "{told}");
    // Nobody yet: the owner's centre is made under its name; a look makes none, an import does.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("clients.csv"), file).unwrap();
    let owner = ["--role", "owner", "--center", "Comptoir"];
    let made = said(&create_user(folder.path(), "chef@exemple.test", &owner));
    assert!(made.contains("made the first centre, Comptoir"), "{made}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("clients.csv"), file).unwrap();
    let nowhere = one_line(&vigie(folder.path(), &import));
    assert!(nowhere.contains("vigie migrate"), "{nowhere}");
    said(&vigie(folder.path(), &["migrate"]));
    let looked = [&import[..], &["--dry-run"]].concat();
    assert!(one_line(&vigie(folder.path(), &looked)).contains("no centre yet"));
    let told = said(&vigie(folder.path(), &import));
    assert!(told.contains("made the first centre") && told.contains("1 created"), "{told}");
}
