//! What a fresh machine lacks.

use std::env;
use std::fs;
use std::path::Path;

use crate::build;
use crate::run::{self, Outcome, command, root, step};

/// Which of the npm packages a task needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Npm {
    /// What builds the package.
    Build,
    /// And what tests and measures it.
    Everything,
}

/// Adds the WebAssembly target to the toolchain.
pub fn wasm_target() -> Outcome {
    let sysroot = std::process::Command::new("rustc")
        .args(["--print", "sysroot"])
        .current_dir(root())
        .output()
        .map_err(|error| format!("rustc: {error}"))?;
    let sysroot = String::from_utf8_lossy(&sysroot.stdout);
    let target = "wasm32-unknown-unknown";
    if Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(target)
        .join("lib")
        .exists()
    {
        return Ok(());
    }
    step(
        "adding the WebAssembly target",
        &mut command("rustup", &["target", "add", target]),
    )
}

/// Installs the npm packages if the lock file has changed since the last time.
pub fn npm(which: Npm) -> Outcome {
    if !run::exists("npm") {
        return Err("npm is not there: install Node.js 20 or later (https://nodejs.org)".into());
    }
    let root = root();
    let lock = fs::read_to_string(root.join("package-lock.json")).map_err(|e| e.to_string())?;
    let stamp = |which| match which {
        Npm::Build => root.join("node_modules/.installed-build"),
        Npm::Everything => root.join("node_modules/.installed-everything"),
    };
    // A build takes nothing away that the tests have brought.
    let which = if stamp(Npm::Everything).exists() {
        Npm::Everything
    } else {
        which
    };
    if fs::read_to_string(stamp(which)).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    // Not `npm ci`, which refuses a lock file that lacks the builds for other platforms.
    let mut arguments = vec!["install", "--no-save", "--no-audit", "--no-fund"];
    if which == Npm::Build {
        arguments.push("--omit=dev");
    }
    println!("  npm {}", arguments.join(" "));
    // What answers sooner may run beside it.
    let mut npm = if run::exists("nice") {
        command("nice", &["npm"])
    } else {
        command("npm", &[])
    };
    // For what has to be compiled because its binary cannot be had: on all cores, and at half the usual effort.
    npm.args(arguments).env("JOBS", "max");
    for name in ["CFLAGS", "CXXFLAGS"] {
        let own = env::var(name).unwrap_or_default();
        npm.env(name, format!("{own} -O1"));
    }
    step("installing npm packages", &mut npm)?;
    fs::write(stamp(which), lock).map_err(|error| error.to_string())
}

/// Packs the package that was built and installs it into an empty project, as a user would.
pub fn consumer() -> Outcome {
    let tarball = build::pack()?;
    let folder = root().join("target/consumer");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let manifest = "{ \"private\": true, \"type\": \"module\" }\n";
    fs::write(folder.join("package.json"), manifest).map_err(|error| error.to_string())?;
    let mut npm = command("npm", &["install", "--no-audit", "--no-fund"]);
    step(
        "installing it into an empty project",
        npm.arg(tarball).current_dir(folder),
    )
}

/// A Debian package, and whether what it installs is there.
struct Debian {
    package: &'static str,
    is_there: fn() -> bool,
    /// What is left out without it.
    left_out: &'static str,
}

const CHROMIUM: Debian = Debian {
    package: "chromium",
    is_there: || Path::new("/usr/bin/chromium").exists(),
    left_out: "the browser tests",
};

const REDIS: Debian = Debian {
    package: "redis-server",
    is_there: || run::exists("redis-server"),
    left_out: "the tests of the stores on real servers",
};

const POSTGRESQL: Debian = Debian {
    package: "postgresql",
    is_there: || run::exists("initdb") || postgresql_of_debian(),
    left_out: "the tests of the stores on real servers",
};

const TMUX: Debian = Debian {
    package: "tmux",
    is_there: || run::exists("tmux"),
    left_out: "the test of the command line in a terminal",
};

const WRK: Debian = Debian {
    package: "wrk",
    is_there: || run::exists("wrk"),
    left_out: "the requests per second",
};

/// Debian keeps the server's programs out of the path.
fn postgresql_of_debian() -> bool {
    let versions = fs::read_dir("/usr/lib/postgresql");
    versions.is_ok_and(|versions| {
        versions
            .flatten()
            .any(|version| version.path().join("bin/initdb").exists())
    })
}

/// Installs Chromium where it is missing and can be installed.
pub fn chromium() -> Outcome {
    install(&CHROMIUM).map(drop)
}

/// Installs a terminal for tests where it is missing and can be installed. False where it stays missing.
pub fn terminal() -> Outcome<bool> {
    install(&TMUX)
}

/// Installs the servers that stores run on where they are missing and can be installed. False where
/// one stays missing.
pub fn servers() -> Outcome<bool> {
    Ok(install(&REDIS)? && install(&POSTGRESQL)?)
}

/// Installs the sender of the receiver's benchmark where it is missing and can be installed.
pub fn wrk() -> Outcome<bool> {
    install(&WRK)
}

/// Installs a Debian package where it is missing and can be installed. False where it stays missing.
fn install(debian: &Debian) -> Outcome<bool> {
    let Debian {
        package,
        is_there,
        left_out,
    } = debian;
    if is_there() {
        return Ok(true);
    }
    let install =
        format!("apt-get update && apt-get install --yes --no-install-recommends {package}");
    if run::exists("apt-get") && is_root() {
        println!("  {install}");
        step(
            &format!("installing {package}"),
            &mut command("sh", &["-c", &install]),
        )?;
        return Ok(true);
    }
    if std::env::var_os("CI").is_some() {
        return Err(format!(
            "{package} is missing; install it with: sudo sh -c '{install}'"
        ));
    }
    println!(
        "  without {package}, {left_out} are left out; install it with: sudo sh -c '{install}'"
    );
    Ok(false)
}

fn is_root() -> bool {
    let id = std::process::Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
