//! An S3 server on this machine, for tests of stores: moto's, which `./test` installs from PyPI.

use crate::missing_in_ci;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the server may take to start: it is Python, on a machine that may be busy.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A signature of somebody: the server wants one on what is private, and does not check it.
const SIGNED: &str = "authorization: AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

/// A running S3 server; it ends when dropped. Buckets and what is put in them are private unless made public; whoever
/// signs, with whatever keys, may read and write all.
#[derive(Debug)]
pub struct StoreServer {
    process: Child,
    port: u16,
}

impl StoreServer {
    /// Starts a server; `None`, with a word on stderr, where moto is not installed.
    ///
    /// # Panics
    /// If it is not installed and the environment says `CI=true`, or if it does not start.
    pub fn start() -> Option<Self> {
        let program = moto_server();
        if !program.is_file() {
            missing_in_ci(&format!("no S3 server at {}: ./test installs it", program.display()));
            return None;
        }
        let port = free_port().unwrap_or_else(|e| panic!("no free port: {e}"));
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().unwrap_or_else(|e| panic!("moto's server does not start: {e}"));
        let server = Self { process, port };
        let started = Instant::now();
        while server.request("GET", "/moto-api/", &[], &[]).is_err() {
            assert!(started.elapsed() < START_TIMEOUT, "moto's server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    /// `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes a bucket.
    ///
    /// # Panics
    /// If the server does not take it.
    pub fn make_bucket(&self, bucket: &str) {
        self.done("PUT", &format!("/{bucket}"), &[], &[]);
    }

    /// Puts an object, readable by anybody if `public`.
    ///
    /// # Panics
    /// If the server does not take it.
    pub fn put(&self, bucket: &str, key: &str, bytes: &[u8], public: bool) {
        let acl = if public { "x-amz-acl: public-read" } else { "x-amz-acl: private" };
        self.done("PUT", &format!("/{bucket}/{key}"), &[acl, SIGNED], bytes);
    }

    /// The bytes of an object, as somebody with keys sees it; empty if there is none.
    ///
    /// # Panics
    /// If the server does not answer.
    pub fn get(&self, bucket: &str, key: &str) -> Vec<u8> {
        let answer = self.exchange("GET", &format!("/{bucket}/{key}"), &[SIGNED], &[]);
        let answer = answer.unwrap_or_else(|e| panic!("{bucket}/{key}: {e}"));
        let body = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
        if answer.starts_with(b"HTTP/1.1 200") { answer[body..].to_vec() } else { Vec::new() }
    }

    fn done(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) {
        let answer = self.request(method, path, headers, body);
        assert!(
            matches!(&answer, Ok(said) if said.starts_with("HTTP/1.1 200")),
            "{method} {path}: {answer:?}"
        );
    }

    fn request(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&self.exchange(method, path, headers, body)?).into_owned())
    }

    fn exchange(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n");
        head.push_str(&format!(
            "content-type: application/octet-stream\r\ncontent-length: {}\r\n",
            body.len()
        ));
        headers.iter().for_each(|header| head.push_str(&format!("{header}\r\n")));
        stream.write_all(head.as_bytes())?;
        stream.write_all(b"\r\n")?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for StoreServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where `./test` installs moto, or where `HILUM_MOTO` says.
fn moto_server() -> PathBuf {
    if let Some(program) = std::env::var_os("HILUM_MOTO") {
        return PathBuf::from(program);
    }
    let program = if cfg!(windows) { "Scripts/moto_server.exe" } else { "bin/moto_server" };
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/store-venv").join(program)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
